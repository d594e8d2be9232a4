/** Colours on a plane through a series: a map in place of its grey, and another series over it. */
import type { Ref, RefObject } from 'react';
import type { ColourMap } from './colourMaps';
import type { Frame } from './frames';
import { GreyColours } from './GreyColours';
import { type OverlayHandle, OverlayLayer, type OverlaySource } from './OverlayLayer';
import { cutOf } from './planeView';
import { OwnBar } from './SliceColours';
import type { PlaneView, Slab } from './volumeEngine';

interface PlaneColoursProps {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly frames: readonly Frame[];
  readonly view: PlaneView;
  readonly slab: Slab;
  readonly overlay?: OverlaySource | null;
  readonly colours?: ColourMap | null;
  readonly ref?: Ref<OverlayHandle>;
}

export function PlaneColours(props: PlaneColoursProps) {
  const { stage, frames, view, slab, overlay, colours } = props;
  const first = frames[0];
  return (
    <>
      {colours && <GreyColours stage={stage} map={colours} outline={null} />}
      {colours && !overlay && first && <OwnBar map={colours} frame={first} view={view} />}
      {overlay && (
        <OverlayLayer
          ref={props.ref}
          source={overlay}
          cut={cutOf(view)}
          plane={view.plane}
          affine={view.affine}
          isSlab={slab.thickness_mm > 0}
        />
      )}
    </>
  );
}
