import { describe, expect, test } from 'vitest';
import { emptyMask, type Mask } from './mask';
import { stroke } from './paint';
import { cross, type ImagePlane, imageToPatient, normalOf, type Vector } from './plane';
import {
  heightOver,
  nearestSlice,
  pixelUnder,
  type Slice,
  settled,
  slicesTouched,
  sweep,
  type Tip,
  type Way,
} from './sweep';
import { imagePoint, millimetres, type PatientPoint, patientPoint } from './units';

/** The same numbers every time, from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

const SIZE = { columns: 14, rows: 11 };
const COUNT = 9;

interface Stack {
  readonly slices: readonly Slice[];
  readonly gap_mm: number;
}

/** A stack of any spacing, turned any right angle round, with its slices in either order. */
function anyStack(next: () => number): Stack {
  const turns: readonly (readonly [Vector, Vector])[] = [
    [
      [1, 0, 0],
      [0, 1, 0],
    ],
    [
      [0, 1, 0],
      [0, 0, -1],
    ],
    [
      [-1, 0, 0],
      [0, 0, 1],
    ],
    [
      [0.6, 0.8, 0],
      [-0.8, 0.6, 0],
    ],
  ];
  const [rowDirection, columnDirection] = turns[Math.floor(next() * turns.length)] ?? [
    [1, 0, 0],
    [0, 1, 0],
  ];
  const spacing = { row: millimetres(0.4 + next()), column: millimetres(0.4 + next()) };
  const gap_mm = 0.5 + 3 * next();
  const up = next() < 0.5 ? gap_mm : -gap_mm;
  const first: ImagePlane = {
    origin: patientPoint(10 * next(), -20 * next(), 30 * next()),
    rowDirection,
    columnDirection,
    spacing,
  };
  const normal = normalOf(first);
  const slices = Array.from({ length: COUNT }, (_, index) => ({
    size: SIZE,
    plane: { ...first, origin: along(first.origin, normal, up * index) },
  }));
  return { slices, gap_mm };
}

const along = (place: PatientPoint, direction: Vector, by: number): PatientPoint =>
  patientPoint(
    place[0] + by * direction[0],
    place[1] + by * direction[1],
    place[2] + by * direction[2],
  );

/** Slice `k` of the stack at image coordinates, `k` need not be whole. */
function placeAt({ slices }: Stack, x: number, y: number, k: number): PatientPoint {
  const [first, second] = [slices[0]?.plane as ImagePlane, slices[1]?.plane as ImagePlane];
  const step = heightOver(first, second.origin);
  return along(imageToPatient(first, imagePoint(x, y)), normalOf(first), k * step);
}

/** Paints the whole stack as a hand does. */
function painted({ slices }: Stack, way: Way, tip: Tip): Mask[] {
  const masks = slices.map(({ size }) => emptyMask(size));
  for (const index of slicesTouched(slices, way, tip))
    sweep(masks[index] as Mask, (slices[index] as Slice).plane, way, tip, 1);
  return masks;
}

/** How near a way comes to a place, in units of the reach; by halving, since it has one minimum. */
function nearestOnWay(stack: Stack, voxel: Vector, way: Way, reach: Vector): number {
  const { rowDirection, columnDirection } = (stack.slices[0] as Slice).plane;
  const basis = [rowDirection, columnDirection, cross(rowDirection, columnDirection)];
  const at = (t: number): number =>
    Math.hypot(
      ...basis.map((direction, axis) => {
        const part = (of: 0 | 1 | 2) => voxel[of] - way[0][of] - t * (way[1][of] - way[0][of]);
        const [x, y, z] = direction;
        return (x * part(0) + y * part(1) + z * part(2)) / (reach[axis] as number);
      }),
    );
  let [low, high] = [0, 1];
  for (let step = 0; step < 25; step += 1) {
    const [one, other] = [low + (high - low) * 0.4, low + (high - low) * 0.6];
    if (at(one) < at(other)) high = other;
    else low = one;
  }
  return Math.min(at(0), at(1), at((low + high) / 2));
}

describe('a ball', () => {
  test('covers exactly the voxels whose centres it passes over, in millimetres', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const next = numbers(seed * 7919);
      const stack = anyStack(next);
      const [column, row] = [
        stack.slices[0]?.plane.spacing.column ?? 1,
        stack.slices[0]?.plane.spacing.row ?? 1,
      ];
      const anywhere = () => placeAt(stack, 14 * next(), 11 * next(), 8 * next());
      const way: Way = [anywhere(), anywhere()];
      const radius_mm = 0.6 + 3 * next();
      const masks = painted(stack, way, { radius_mm, flat: null, gap_mm: stack.gap_mm });
      const reach: Vector = [
        Math.max(radius_mm, column / 2),
        Math.max(radius_mm, row / 2),
        radius_mm,
      ];
      let wrong = 0;
      masks.forEach(({ data }, k) => {
        data.forEach((inside, at) => {
          const centre = placeAt(stack, (at % 14) + 0.5, Math.floor(at / 14) + 0.5, k);
          const away = nearestOnWay(stack, centre, way, reach);
          const isSure = Math.abs(away - 1) > 1e-3;
          if (isSure && inside !== (away < 1 ? 1 : 0)) wrong += 1;
        });
      });
      expect(wrong).toBe(0);
    }
  });

  test('is on its own slice what the flat brush is', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = numbers(seed * 104729);
      const stack = anyStack(next);
      const { plane } = stack.slices[4] as Slice;
      const ends = [
        imagePoint(14 * next(), 11 * next()),
        imagePoint(14 * next(), 11 * next()),
      ] as const;
      const radius_mm = 0.3 + 3 * next();
      const flat = emptyMask(SIZE);
      const brush = {
        radiusColumns: radius_mm / plane.spacing.column,
        radiusRows: radius_mm / plane.spacing.row,
      };
      stroke(flat, ends, brush, 1);
      const way: Way = [imageToPatient(plane, ends[0]), imageToPatient(plane, ends[1])];
      const [, , , , ball] = painted(stack, way, { radius_mm, flat: null, gap_mm: stack.gap_mm });
      for (const place of way) {
        const pixel = pixelUnder(stack.slices[4] as Slice, place);
        if (ball && pixel >= 0) ball.data[pixel] = 1;
      }
      expect(ball).toEqual(flat);
    }
  });
});

/** The stack cut along rows (coronal) or columns (sagittal): an image of columns or rows by slices. */
const CUTS = [
  { name: 'row', normalAxis: 1, width: SIZE.columns },
  { name: 'column', normalAxis: 0, width: SIZE.rows },
] as const;

describe('a disc on a plane', () => {
  test.each(CUTS)(
    'across the $name paints what the same stroke paints on that cut as an image',
    ({ normalAxis, width }) => {
      for (let seed = 1; seed <= 40; seed += 1) {
        const next = numbers(seed * 15485863);
        const stack = anyStack(next);
        const { plane } = stack.slices[0] as Slice;
        const normal = normalAxis === 1 ? plane.columnDirection : plane.rowDirection;
        // Half of the cuts run exactly along the edge between two voxels, as they do by default.
        const layer = next() * (normalAxis === 1 ? SIZE.rows : SIZE.columns);
        const cut = seed % 2 ? layer : Math.max(1, Math.round(layer));
        const radius_mm = 0.4 + 3 * next();
        const ends = [
          [width * next(), COUNT * next()],
          [width * next(), COUNT * next()],
        ] as const;
        const placeOf = ([along, through]: readonly [number, number]) =>
          settled(
            normalAxis === 1
              ? placeAt(stack, along, cut, through - 0.5)
              : placeAt(stack, cut, along, through - 0.5),
            normal,
          );
        const way: Way = [placeOf(ends[0]), placeOf(ends[1])];
        const tip: Tip = { radius_mm, flat: normal, gap_mm: stack.gap_mm };
        const masks = painted(stack, way, tip);

        const expected = emptyMask({ columns: width, rows: COUNT });
        const spacing = normalAxis === 1 ? plane.spacing.column : plane.spacing.row;
        const brush = { radiusColumns: radius_mm / spacing, radiusRows: radius_mm / stack.gap_mm };
        stroke(expected, [imagePoint(...ends[0]), imagePoint(...ends[1])], brush, 1);
        // The voxel underneath is the caller's to set: see beginSweep.
        for (const place of way) {
          const k = nearestSlice(stack.slices, place, stack.gap_mm / 2);
          const pixel = pixelUnder(stack.slices[k] as Slice, place);
          (masks[k] as Mask).data[pixel] = 1;
        }
        const painting = Math.ceil(cut) - 1;
        let wrong = 0;
        masks.forEach(({ data }, k) => {
          data.forEach((inside, at) => {
            const [column, row] = [at % SIZE.columns, Math.floor(at / SIZE.columns)];
            const [across, along] = normalAxis === 1 ? [row, column] : [column, row];
            const wanted = across === painting ? expected.data[k * width + along] : 0;
            if (inside !== wanted) wrong += 1;
          });
        });
        expect(wrong).toBe(0);
      }
    },
  );

  test('along the slices paints the slice nearest to it, as the brush on that slice does', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = numbers(seed * 32452843);
      const stack = anyStack(next);
      const { plane } = stack.slices[0] as Slice;
      const normal = normalOf(plane);
      const height = 7.98 * next();
      const ends = [
        [14 * next(), 11 * next()],
        [14 * next(), 11 * next()],
      ] as const;
      const way = ends.map(([x, y]) => settled(placeAt(stack, x, y, height), normal));
      const radius_mm = 0.4 + 3 * next();
      const tip: Tip = { radius_mm, flat: normal, gap_mm: stack.gap_mm };
      const masks = painted(stack, way as unknown as Way, tip);
      const expected = emptyMask(SIZE);
      const brush = {
        radiusColumns: radius_mm / plane.spacing.column,
        radiusRows: radius_mm / plane.spacing.row,
      };
      stroke(expected, [imagePoint(...ends[0]), imagePoint(...ends[1])], brush, 1);
      for (const place of way) {
        const k = nearestSlice(stack.slices, place, stack.gap_mm / 2);
        (masks[k] as Mask).data[pixelUnder(stack.slices[k] as Slice, place)] = 1;
      }
      masks.forEach((mask, k) => {
        expect(mask).toEqual(k === Math.round(height) ? expected : emptyMask(SIZE));
      });
    }
  });

  test('on a slanted plane leaves no holes: it paints every voxel the plane passes through', () => {
    const stack = anyStack(numbers(3));
    const { plane } = stack.slices[4] as Slice;
    const { columnDirection: down } = plane;
    const up = normalOf(plane);
    const normal: Vector = [
      0.6 * up[0] + 0.8 * down[0],
      0.6 * up[1] + 0.8 * down[1],
      0.6 * up[2] + 0.8 * down[2],
    ];
    const middle = settled(placeAt(stack, 7, 5.5, 4), normal);
    const masks = painted(stack, [middle, middle], {
      radius_mm: 1e3,
      flat: normal,
      gap_mm: stack.gap_mm,
    });
    const spacing = plane.spacing;
    const half = (0.8 * spacing.row + 0.6 * stack.gap_mm) / 2;
    masks.forEach(({ data }, k) => {
      data.forEach((inside, at) => {
        const centre = placeAt(stack, (at % 14) + 0.5, Math.floor(at / 14) + 0.5, k);
        const above = [0, 1, 2].reduce(
          (sum, axis) =>
            sum + ((centre[axis] as number) - (middle[axis] as number)) * (normal[axis] as number),
          0,
        );
        expect(inside).toBe(Math.abs(above) < half ? 1 : 0);
      });
    });
  });
});
