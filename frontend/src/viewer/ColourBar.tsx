/** What the colours mean: the map from its lowest value to its highest, with the unit. */
import { type ColourMap, type Ends, gradientOf } from './colourMaps';
import type { Frame } from './frames';
import { endTexts } from './overlayText';
import { shownUnit } from './shownValues';

interface ColourBarProps {
  readonly map: ColourMap;
  readonly ends: Ends;
  readonly measure: Pick<Frame, 'suvFactor' | 'valueUnit'>;
  /** The image below is inverted, and the colours with it. */
  readonly isInverted?: boolean;
}

export function ColourBar({ map, ends, measure, isInverted }: ColourBarProps) {
  const [low, high] = endTexts(ends, measure);
  return (
    <div className="viewer-colours" data-map={map}>
      <span>
        {high} {shownUnit(measure)}
      </span>
      <i
        style={{ background: gradientOf(map), transform: isInverted ? 'scaleY(-1)' : undefined }}
      />
      <span>{low}</span>
    </div>
  );
}
