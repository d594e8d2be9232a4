/** Where the slices shown in other viewports cut this one. */
import { type Affine, toCanvas } from '../geometry/affine';
import { crossingLine } from '../geometry/crossing';
import type { Frame } from './frames';

interface ReferenceLinesProps {
  readonly affine: Affine;
  readonly frame: Frame;
  readonly others: readonly Frame[];
}

const isInOneSpace = (one: Frame, other: Frame): boolean =>
  one.isPlaced &&
  other.isPlaced &&
  one.frame_of_reference_uid !== '' &&
  one.frame_of_reference_uid === other.frame_of_reference_uid;

export function ReferenceLines({ affine, frame, others }: ReferenceLinesProps) {
  const lines = others.flatMap((other) => {
    const line = isInOneSpace(frame, other)
      ? crossingLine(frame.plane, other.plane, other.size)
      : null;
    return line ? [{ key: other.imageId, line }] : [];
  });
  if (lines.length === 0) return null;
  return (
    <svg className="viewer-reference" aria-hidden="true">
      {lines.map(({ key, line: [from, to] }) => {
        const [[x1, y1], [x2, y2]] = [toCanvas(affine, from), toCanvas(affine, to)];
        return <line key={key} x1={x1} y1={y1} x2={x2} y2={y2} />;
      })}
    </svg>
  );
}
