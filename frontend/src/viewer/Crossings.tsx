/** Where marks of other planes cut the one on screen: a diamond in the colour of the label. */
import { type Affine, toCanvas } from '../geometry/affine';
import type { MarkStyle } from './marks';
import type { Crossing } from './spaceMarks';

interface CrossingsProps {
  readonly affine: Affine;
  readonly crossings: readonly Crossing[];
  readonly styleOf: (labelKey: string) => MarkStyle;
}

export function Crossings({ affine, crossings, styleOf }: CrossingsProps) {
  if (crossings.length === 0) return null;
  return (
    <svg className="viewer-crossings" aria-hidden="true">
      {crossings.map(({ id, label_key, at }) => {
        const [x, y] = toCanvas(affine, at);
        const path = `M${x} ${y - 5}l5 5l-5 5l-5 -5Z`;
        return (
          <path
            key={`${id} ${at.join()}`}
            data-crossing={id}
            d={path}
            fill={styleOf(label_key).colour}
          />
        );
      })}
    </svg>
  );
}
