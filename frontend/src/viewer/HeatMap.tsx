/** The model's heat map, laid over the image and moving with it. */
import type { Affine } from '../geometry/affine';
import type { ImageSize } from '../geometry/units';
import { t } from '../words/t';

export interface HeatMapSource {
  /** Address or blob of a PNG with alpha that covers the whole image. */
  readonly url: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  /** 0 (nothing) to 1. */
  readonly opacity: number;
}

interface HeatMapProps {
  readonly source: HeatMapSource;
  readonly affine: Affine;
  readonly size: ImageSize;
}

export function HeatMap({ source, affine, size }: HeatMapProps) {
  const { a, b, c, d, e, f } = affine;
  return (
    <img
      className="viewer-heat"
      src={source.url}
      alt={t('Where the model looked')}
      draggable={false}
      style={{
        width: size.columns,
        height: size.rows,
        opacity: source.opacity,
        transform: `matrix(${a}, ${b}, ${c}, ${d}, ${e}, ${f})`,
      }}
    />
  );
}
