/** Another series laid over the image in colour, what it is, and the bar that says what colours mean. */
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { Affine } from '../geometry/affine';
import { type ImagePlane, imageToPatient } from '../geometry/plane';
import { valueAtPlace } from '../geometry/resample';
import { imagePoint, type PatientPoint } from '../geometry/units';
import { t } from '../words/t';
import { ColourBar } from './ColourBar';
import { type ColourMap, type Ends, endsFor } from './colourMaps';
import type { Frame } from './frames';
import {
  createOverlayPainter,
  isComplete,
  type OverlayPainter,
  screenOf,
  screenSize,
} from './overlayPainter';
import { measureOf } from './overlayStack';
import { endsText } from './overlayText';
import { shownUnit, shownValues } from './shownValues';
import { useOverlayStack } from './useOverlayStack';

/** A series in the frame of reference of the image it is laid over. */
export interface OverlaySource {
  readonly frames: readonly Frame[];
  readonly name: string;
  readonly map: ColourMap;
  /** In modality values; null until they are known, and nothing is drawn until then. */
  readonly ends: Ends | null;
  /** 0 (nothing) to 1. */
  readonly opacity: number;
}

/** What lies under the pointer in the series laid over. */
export interface OverlayValue {
  readonly value: number;
  readonly unit: string;
}

export interface OverlayHandle {
  /** This cut comes on screen: what belongs to another one is hidden before it is drawn. */
  expect(cut: string): void;
  valueAt(place: PatientPoint): OverlayValue | null;
}

interface OverlayLayerProps {
  readonly source: OverlaySource;
  /** The same for all views of one cut. */
  readonly cut: string;
  readonly plane: ImagePlane;
  readonly affine: Affine;
  /** The image below is a slab; the overlay is cut thin all the same. */
  readonly isSlab?: boolean;
  readonly ref?: Ref<OverlayHandle>;
}

export function OverlayLayer({ source, cut, plane, affine, isSlab, ref }: OverlayLayerProps) {
  const { frames, map, ends, opacity } = source;
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<OverlayPainter>(null);
  const { stack, loaded } = useOverlayStack(frames);
  const [isPartial, setPartial] = useState(false);
  const measure = measureOf(frames);

  useLayoutEffect(() => {
    if (!canvas.current) return;
    const made = createOverlayPainter(canvas.current);
    painter.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    stack?.lookAt(imageToPatient(plane, imagePoint(0.5, 0.5)));
  }, [stack, plane]);

  useLayoutEffect(() => {
    if (!stack || !ends || !canvas.current) return;
    const { voxels } = stack;
    const size = screenSize(canvas.current);
    const isWhole = isComplete(voxels, screenOf({ plane, affine }, size));
    setPartial(!isWhole);
    const known = isWhole ? Number.POSITIVE_INFINITY : loaded;
    painter.current?.show({ cut, plane, affine, voxels, loaded: known, map, ends });
  }, [stack, loaded, cut, plane, affine, map, ends]);

  useImperativeHandle(
    ref,
    () => ({
      expect: (next) => painter.current?.expect(next),
      valueAt(place) {
        if (!stack || !measure) return null;
        const value = valueAtPlace(stack.voxels, place);
        const [shown] = shownValues(measure, [value]);
        return Number.isNaN(value) || shown === undefined
          ? null
          : { value: shown, unit: shownUnit(measure) };
      },
    }),
    [stack, measure],
  );

  const about = [
    source.name,
    ends && measure && endsText(endsFor(map, ends), measure),
    `${Math.round(opacity * 100)} %`,
    stack?.voxels.isLabelMap ? t('nearest voxel') : t('interpolated'),
    isSlab && t('thin cut'),
  ];
  return (
    <>
      <canvas ref={canvas} className="viewer-overlay" style={{ opacity }} />
      <div className="viewer-text" data-overlay={source.name}>
        <div className="viewer-corner viewer-overlay-line">
          <span>{about.filter(Boolean).join(' · ')}</span>
          {isPartial && <span className="viewer-warn">{t('overlay partial')}</span>}
        </div>
        {ends && measure && <ColourBar map={map} ends={endsFor(map, ends)} measure={measure} />}
      </div>
    </>
  );
}
