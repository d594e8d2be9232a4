/** The size of the brush at the pointer: round in the patient, drawn without asking React. */
import { type RefObject, useEffect, useRef } from 'react';
import type { Affine } from '../geometry/affine';
import type { Brush } from '../geometry/paint';

interface BrushRingProps {
  readonly layer: RefObject<HTMLElement | null>;
  readonly affine: Affine;
  readonly brush: Brush;
}

export function BrushRing({ layer, affine, brush }: BrushRingProps) {
  const ring = useRef<SVGEllipseElement>(null);
  const { a, b, c, d } = affine;

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    const follow = (event: PointerEvent) => {
      const edge = element.getBoundingClientRect();
      const [x, y] = [event.clientX - edge.left, event.clientY - edge.top];
      ring.current?.setAttribute('transform', `matrix(${a} ${b} ${c} ${d} ${x} ${y})`);
      ring.current?.setAttribute('visibility', 'visible');
    };
    const leave = () => ring.current?.setAttribute('visibility', 'hidden');
    element.addEventListener('pointermove', follow);
    element.addEventListener('pointerleave', leave);
    return () => {
      element.removeEventListener('pointermove', follow);
      element.removeEventListener('pointerleave', leave);
    };
  }, [layer, a, b, c, d]);

  return (
    <svg className="viewer-brush" aria-hidden="true">
      <ellipse
        ref={ring}
        rx={brush.radiusColumns}
        ry={brush.radiusRows}
        vectorEffect="non-scaling-stroke"
        visibility="hidden"
      />
    </svg>
  );
}
