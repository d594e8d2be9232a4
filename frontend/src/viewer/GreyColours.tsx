/** A colour map in place of the grey of the image itself: a filter over what is drawn. */
import { type RefObject, useId, useLayoutEffect } from 'react';
import { type ColourMap, MAPS } from './colourMaps';

interface GreyColoursProps {
  readonly stage: RefObject<HTMLDivElement | null>;
  readonly map: ColourMap;
  /** Where the image lies on screen, as CSS writes a polygon; null colours all that is drawn. */
  readonly outline: string | null;
}

const CHANNELS = ['R', 'G', 'B'] as const;

/**
 * Stands on the grey the graphics drew, so that window, inversion, planes and slabs need no second
 * way and no slice can be taken for another.
 */
export function GreyColours({ stage, map, outline }: GreyColoursProps) {
  const id = `grey-${useId().replace(/\W/g, '')}`;
  useLayoutEffect(() => {
    const element = stage.current;
    element?.style.setProperty('--grey-colours', `url(#${id})`);
    return () => {
      element?.style.removeProperty('--grey-colours');
    };
  }, [stage, id]);
  useLayoutEffect(() => {
    const element = stage.current;
    if (outline) element?.style.setProperty('--grey-outline', outline);
    return () => {
      element?.style.removeProperty('--grey-outline');
    };
  }, [stage, outline]);
  return (
    <svg className="viewer-filter" width="0" height="0" aria-hidden="true" data-colours={map}>
      <filter id={id} colorInterpolationFilters="sRGB" x="0" y="0" width="1" height="1">
        <feComponentTransfer>
          {CHANNELS.map((channel, at) => {
            const table = MAPS[map].stops.map((rgb) => ((rgb[at] ?? 0) / 255).toFixed(4)).join(' ');
            const Transfer = `feFunc${channel}` as const;
            return <Transfer key={channel} type="table" tableValues={table} />;
          })}
        </feComponentTransfer>
      </filter>
    </svg>
  );
}
