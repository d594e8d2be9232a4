import { describe, expect, test } from 'vitest';
import { type Patch, patchFrom } from './cutThrough';
import { emptyMask, runsOf } from './mask';
import { blockFor, surfaceOf } from './surface';
import type { Slice } from './sweep';
import { millimetres, patientPoint } from './units';

const SIZE = { columns: 40, rows: 40 };

/** Slices of 0.5 x 0.5 mm pixels, 1 mm apart, each shifted by `drift` mm down the table. */
const stack = (gap_mm = 1, drift = 0): Slice[] =>
  Array.from({ length: 24 }, (_, index) => ({
    size: SIZE,
    plane: {
      origin: patientPoint(-100, -50 + index * drift, index * gap_mm),
      rowDirection: [1, 0, 0],
      columnDirection: [0, 1, 0],
      spacing: { row: millimetres(0.5), column: millimetres(0.5) },
    },
  }));

/** What lies within a ball of `radius` mm around a place, slice by slice. */
function ball(slices: readonly Slice[], centre: readonly number[], radius: number) {
  return slices.map(({ plane }): Patch | null => {
    const mask = emptyMask(SIZE);
    mask.data.forEach((_, at) => {
      const x = plane.origin[0] + (at % SIZE.columns) * 0.5;
      const y = plane.origin[1] + Math.floor(at / SIZE.columns) * 0.5;
      const away = [x, y, plane.origin[2]].map((part, axis) => part - (centre[axis] ?? 0));
      if (Math.hypot(...away) <= radius) mask.data[at] = 1;
    });
    return patchFrom(runsOf(mask), SIZE);
  });
}

const corner = (of: Float32Array, at: number): number[] => [...of.subarray(at * 3, at * 3 + 3)];

describe('the surface of a segment', () => {
  for (const [name, slices, z] of [
    ['upwards', stack(), 12],
    ['downwards', stack(-1), -12],
    ['shifted against each other', stack(1, 0.2), 12],
  ] as const)
    test(`of a ball lies on the ball and points outwards, slices running ${name}`, () => {
      const centre = [-90, -39, z];
      const surface = surfaceOf(slices, ball(slices, centre, 6));
      if (!surface) throw new Error('no surface');
      const count = surface.points.length / 3;
      expect(count).toBeGreaterThan(500);
      let [nearest, farthest, leastOutwards] = [Number.POSITIVE_INFINITY, 0, 1];
      for (let at = 0; at < count; at += 1) {
        const away = corner(surface.points, at).map((part, axis) => part - (centre[axis] ?? 0));
        const normal = corner(surface.normals, at);
        const [length, outwards] = [
          Math.hypot(...away),
          away.reduce((sum, part, axis) => sum + part * (normal[axis] ?? 0), 0),
        ];
        nearest = Math.min(nearest, length);
        farthest = Math.max(farthest, length);
        leastOutwards = Math.min(leastOutwards, outwards / length);
      }
      expect(leastOutwards).toBeGreaterThan(0.5);
      expect(nearest).toBeGreaterThan(5);
      expect(farthest).toBeLessThan(7);
      // closed: every edge is met once in each direction
      const edges = new Set<string>();
      for (let at = 0; at < surface.triangles.length; at += 1) {
        const next = at % 3 === 2 ? at - 2 : at + 1;
        edges.add(`${surface.triangles[at]} ${surface.triangles[next]}`);
      }
      expect(edges.size).toBe(surface.triangles.length);
      const isMet = (edge: string) => edges.has(edge.split(' ').reverse().join(' '));
      expect([...edges].every(isMet)).toBe(true);
    });

  test('of a single voxel is around that voxel', () => {
    const slices = stack();
    const patches = slices.map((_, index) =>
      index === 5 ? { left: 7, top: 9, right: 8, bottom: 10, data: Uint8Array.of(1) } : null,
    );
    const points = surfaceOf(slices, patches)?.points ?? new Float32Array();
    const mean = [0, 1, 2].map((axis) => {
      const parts = points.filter((_, at) => at % 3 === axis);
      return parts.reduce((sum, part) => sum + part, 0) / parts.length;
    });
    expect(mean[0]).toBeCloseTo(-100 + 7 * 0.5, 4);
    expect(mean[1]).toBeCloseTo(-50 + 9 * 0.5, 4);
    expect(mean[2]).toBeCloseTo(5, 4);
    expect(
      surfaceOf(
        slices,
        slices.map(() => null),
      ),
    ).toBeNull();
  });

  test('of large structures is made of blocks that come near to cubes', () => {
    expect(blockFor([20, 20, 20], [0.5, 0.5, 1])).toEqual([1, 1, 1]);
    const [x, y, z] = blockFor([512, 512, 300], [0.7, 0.7, 1.25]);
    expect((512 / x + 2) * (512 / y + 2) * (300 / z + 2)).toBeLessThanOrEqual(1_500_000);
    expect(Math.abs(x * 0.7 - z * 1.25)).toBeLessThan(1.3);
    expect(Math.abs(x - y)).toBeLessThanOrEqual(1);
  });
});
