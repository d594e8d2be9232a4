/** The size of the brush at the pointer: round in the patient, drawn without asking React. */
import { type RefObject, useEffect, useRef } from 'react';
import type { Affine } from '../geometry/affine';
import type { Brush } from '../geometry/paint';

interface BrushRingProps {
  readonly layer: RefObject<HTMLElement | null>;
  readonly affine: Affine;
  readonly brush: Brush;
}

/** CSS pixels around the ellipse, for its line. */
const MARGIN = 2;

export function BrushRing({ layer, affine, brush }: BrushRingProps) {
  const ring = useRef<SVGSVGElement>(null);
  const { a, b, c, d } = affine;
  const { radiusColumns: rx, radiusRows: ry } = brush;
  const halfWidth = Math.ceil(Math.hypot(a * rx, c * ry)) + MARGIN;
  const halfHeight = Math.ceil(Math.hypot(b * rx, d * ry)) + MARGIN;

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    const follow = (event: PointerEvent) => {
      const edge = element.getBoundingClientRect();
      const [x, y] = [event.clientX - edge.left, event.clientY - edge.top];
      if (!ring.current) return;
      // A layer of its own that is only moved: nothing is painted anew under the hand.
      ring.current.style.transform = `translate(${x - halfWidth}px, ${y - halfHeight}px)`;
      ring.current.style.visibility = 'visible';
    };
    const leave = () => {
      if (ring.current) ring.current.style.visibility = 'hidden';
    };
    element.addEventListener('pointermove', follow);
    element.addEventListener('pointerleave', leave);
    return () => {
      element.removeEventListener('pointermove', follow);
      element.removeEventListener('pointerleave', leave);
    };
  }, [layer, halfWidth, halfHeight]);

  return (
    <svg
      ref={ring}
      className="viewer-brush"
      width={2 * halfWidth}
      height={2 * halfHeight}
      viewBox={`${-halfWidth} ${-halfHeight} ${2 * halfWidth} ${2 * halfHeight}`}
      aria-hidden="true"
    >
      <ellipse
        rx={rx}
        ry={ry}
        transform={`matrix(${a} ${b} ${c} ${d} 0 0)`}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
