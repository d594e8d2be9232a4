/** Colours on a slice as acquired: a map in place of its grey, and another series laid over it. */
import type { Ref, RefObject } from 'react';
import { type Affine, toCanvas } from '../geometry/affine';
import { type ImageSize, imagePoint } from '../geometry/units';
import { ColourBar } from './ColourBar';
import type { ColourMap } from './colourMaps';
import type { Frame } from './frames';
import { GreyColours } from './GreyColours';
import { windowToRange } from './greyWindows';
import { type OverlayHandle, OverlayLayer, type OverlaySource } from './OverlayLayer';
import type { View } from './stackEngine';

interface SliceColoursProps {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly frame: Frame;
  readonly view: View;
  readonly overlay?: OverlaySource | null;
  readonly colours?: ColourMap | null;
  readonly ref?: Ref<OverlayHandle>;
}

/** The edge of the image on screen. */
function outlineOf(affine: Affine, { columns, rows }: ImageSize): string {
  const corners = [imagePoint(0, 0), imagePoint(columns, 0)];
  const others = [imagePoint(columns, rows), imagePoint(0, rows)];
  const spots = [...corners, ...others].map((corner) => toCanvas(affine, corner));
  return `polygon(${spots.map(([x, y]) => `${x.toFixed(2)}px ${y.toFixed(2)}px`).join(', ')})`;
}

export function SliceColours({ stage, frame, view, overlay, colours, ref }: SliceColoursProps) {
  const { affine } = view;
  if (!affine) return null;
  const own = frame.isColour ? null : colours;
  return (
    <>
      {own && <GreyColours stage={stage} map={own} outline={outlineOf(affine, frame.size)} />}
      {own && !overlay && <OwnBar map={own} frame={frame} view={view} />}
      {overlay && (
        <OverlayLayer
          ref={ref}
          source={overlay}
          cut={String(view.index)}
          plane={frame.plane}
          affine={affine}
        />
      )}
    </>
  );
}

interface OwnBarProps {
  readonly map: ColourMap;
  readonly frame: Frame;
  readonly view: Pick<View, 'window' | 'isInverted'>;
}

/** What the colours of an image mean by the window on screen. */
export function OwnBar({ map, frame, view }: OwnBarProps) {
  if (!view.window) return null;
  const { lower, upper } = windowToRange(view.window);
  const isInverted = view.isInverted !== isStoredInverted(frame);
  return (
    <div className="viewer-text">
      <ColourBar
        map={map}
        ends={{ low: lower, high: upper }}
        measure={frame}
        isInverted={isInverted}
      />
    </div>
  );
}

const isStoredInverted = ({ attributes }: Frame): boolean =>
  attributes['00280004']?.Value?.[0] === 'MONOCHROME1';
