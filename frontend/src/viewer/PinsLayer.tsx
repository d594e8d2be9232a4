/** Small numbered pins where something was said about the image. */
import { type Affine, toCanvas } from '../geometry/affine';
import type { ImagePoint } from '../geometry/units';
import { t } from '../words/t';

export interface Pin {
  readonly id: string;
  readonly number: number;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly point: ImagePoint;
  readonly isOpen: boolean;
  readonly isSettled: boolean;
}

interface PinsLayerProps {
  readonly affine: Affine;
  readonly pins: readonly Pin[];
  /** False while the hand draws: the image under a pin belongs to the tool. */
  readonly arePressable: boolean;
  readonly onPress: (id: string) => void;
}

export function PinsLayer({ affine, pins, arePressable, onPress }: PinsLayerProps) {
  return pins.map(({ id, number, point, isOpen, isSettled }) => {
    const [left, top] = toCanvas(affine, point);
    return (
      <button
        key={id}
        type="button"
        className="viewer-pin"
        data-open={isOpen}
        data-settled={isSettled}
        style={{ left, top, pointerEvents: arePressable ? 'auto' : 'none' }}
        aria-label={t('Comment {number}', { number })}
        onMouseDown={(event) => event.preventDefault()}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={() => onPress(id)}
      >
        {number}
      </button>
    );
  });
}
