import { describe, expect, test } from 'vitest';
import { cutThrough, gridOf, patchFrom } from './cutThrough';
import { latticeOf } from './lattice';
import { emptyMask, type Mask, runsOf } from './mask';
import { cross, dot, type ImagePlane, imageToPatient, patientToImage, type Vector } from './plane';
import { filledOnPlane } from './planeFill';
import { valueAtPlace } from './resample';
import { moveSlice, straightOf } from './straighten';
import { heightOver, type Slice, settled } from './sweep';
import { imagePoint, millimetres, type PatientPoint, patientPoint } from './units';

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

const unit = (vector: Vector): Vector => {
  const length = Math.hypot(...vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
};

/** Parallel slices anywhere in the patient, each shifted as far against the last one. */
function shiftedStack(next: () => number, size = { columns: 14, rows: 12 }, count = 7): Slice[] {
  const any = (): Vector => unit([next() - 0.5, next() - 0.5, next() - 0.5]);
  const rowDirection = any();
  const columnDirection = unit(cross(rowDirection, any()));
  const normal = cross(rowDirection, columnDirection);
  const gap = (1 + next() * 2) * (next() < 0.5 ? -1 : 1);
  const [aside, below] = [(next() - 0.5) * 3, (next() - 0.5) * 3];
  const spacing = { row: millimetres(0.6 + next()), column: millimetres(0.6 + next()) };
  return Array.from({ length: count }, (_, index) => {
    const at = (axis: 0 | 1 | 2) =>
      index * (gap * normal[axis] + aside * rowDirection[axis] + below * columnDirection[axis]);
    const origin = patientPoint(3 + at(0), -5 + at(1), 8 + at(2));
    return { size, plane: { origin, rowDirection, columnDirection, spacing } };
  });
}

/** A head scanned with the gantry tilted by 20 degrees: the table moves along z. */
function tiltedStack(count = 24, step_mm = 3): Slice[] {
  const tilt = (20 * Math.PI) / 180;
  return Array.from({ length: count }, (_, index) => ({
    size: { columns: 60, rows: 60 },
    plane: {
      origin: patientPoint(-30, -30, step_mm * index),
      rowDirection: [1, 0, 0] as const,
      columnDirection: [0, Math.cos(tilt), -Math.sin(tilt)] as const,
      spacing: { row: millimetres(1), column: millimetres(1) },
    },
  }));
}

/** Values of every pixel of a slice, from a function of its place in the patient. */
function sampled({ size, plane }: Slice, of: (place: PatientPoint) => number): Float32Array {
  return Float32Array.from({ length: size.columns * size.rows }, (_, at) =>
    of(
      imageToPatient(
        plane,
        imagePoint((at % size.columns) + 0.5, Math.floor(at / size.columns) + 0.5),
      ),
    ),
  );
}

const BESIDE = -1000;

function straightenedOf(slices: readonly Slice[], of: (place: PatientPoint) => number) {
  const straight = straightOf(slices);
  if (!straight) throw new Error('there are slices');
  const { size, planes, shifts } = straight;
  const values = slices.map((slice, index) => {
    const into = new Float32Array(size.columns * size.rows).fill(BESIDE);
    moveSlice(sampled(slice, of), slice.size, shifts[index] ?? [0, 0], into, size.columns);
    return into;
  });
  return { slices: planes.map((plane): Slice => ({ plane, size })), values };
}

describe('a straightened stack', () => {
  test('has every value where it was in the patient', () => {
    let inside = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const next = numbers(seed * 7919);
      const original = shiftedStack(next);
      const [a, b, c, d] = [next() * 9, next() * 9, next() * 9, next() * 100];
      const field = (place: PatientPoint) => a * place[0] + b * place[1] + c * place[2] + d;
      const { slices, values } = straightenedOf(original, field);
      const normal = cross(
        (slices[0] as Slice).plane.rowDirection,
        (slices[0] as Slice).plane.columnDirection,
      );
      slices.forEach((slice, index) => {
        const own = original[index] as Slice;
        const away = (slice.plane.origin as unknown as Vector).map(
          (part, axis) => part - ((slices[0] as Slice).plane.origin[axis] ?? 0),
        ) as unknown as Vector;
        expect(Math.abs(dot(away, slice.plane.rowDirection))).toBeLessThan(1e-9);
        expect(heightOver(own.plane, slice.plane.origin)).toBeCloseTo(0, 9);
        expect(Math.abs(dot(away, normal))).toBeCloseTo(Math.hypot(...away), 9);
        values[index]?.forEach((value, at) => {
          const [column, row] = [at % slice.size.columns, Math.floor(at / slice.size.columns)];
          const place = imageToPatient(slice.plane, imagePoint(column + 0.5, row + 0.5));
          const [x, y] = patientToImage(own.plane, place);
          const isWithin =
            x > 0.5 && y > 0.5 && x < own.size.columns - 0.5 && y < own.size.rows - 0.5;
          const isOutside = x < 0 || y < 0 || x > own.size.columns || y > own.size.rows;
          if (isWithin) {
            inside += 1;
            expect(Math.abs(value - field(place))).toBeLessThan(0.01);
          }
          if (isOutside) expect(value).toBe(BESIDE);
        });
      });
    }
    expect(inside).toBeGreaterThan(10_000);
  });

  test('of a tilted gantry keeps a straight rod straight', () => {
    const rod = ([x, y]: PatientPoint) => (Math.hypot(x - 4, y - 2) < 5 ? 100 : 0);
    const { slices, values } = straightenedOf(tiltedStack(), rod);
    const lattice = latticeOf(slices);
    if (!lattice) throw new Error('the slices are a stack');
    const voxels = { lattice, slices: values, isLabelMap: false };
    for (let z = 12; z <= 50; z += 0.5) {
      expect(valueAtPlace(voxels, patientPoint(4, 2, z))).toBe(100);
      for (const [x, y] of [
        [7.5, 2],
        [0.5, 2],
        [4, 4.5],
        [4, -0.5],
      ] as const)
        expect(valueAtPlace(voxels, patientPoint(x, y, z))).toBeGreaterThan(50);
      for (const [x, y] of [
        [11, 2],
        [-3, 2],
        [4, 11],
        [4, -7],
      ] as const)
        expect(valueAtPlace(voxels, patientPoint(x, y, z))).toBe(0);
    }
  });
});

describe('segments on shifted slices', () => {
  /** The slice and pixel whose voxel holds a place, looked for by itself; -1 outside. */
  function voxelHolding(slices: readonly Slice[], place: PatientPoint): [number, number] {
    const [first, second] = slices as [Slice, Slice];
    const half = Math.abs(heightOver(first.plane, second.plane.origin)) / 2;
    const k = slices.findIndex(({ plane }) => Math.abs(heightOver(plane, place)) < half);
    const slice = slices[k];
    if (!slice) return [-1, -1];
    const [x, y] = patientToImage(slice.plane, place).map(Math.floor) as [number, number];
    const isIn = x >= 0 && y >= 0 && x < slice.size.columns && y < slice.size.rows;
    return [k, isIn ? y * slice.size.columns + x : -1];
  }

  test('are cut voxel by voxel, each slice where it lies', () => {
    let cut = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const next = numbers(seed * 104729);
      const slices = shiftedStack(next);
      const masks = slices.map(({ size }): Mask => {
        const mask = emptyMask(size);
        return { ...mask, data: mask.data.map(() => (next() < 0.5 ? 1 : 0)) };
      });
      const grid = gridOf(slices);
      if (!grid) throw new Error('the slices are a stack');
      const any = (): Vector => unit([next() - 0.5, next() - 0.5, next() - 0.5]);
      const rowDirection = any();
      const middle = imageToPatient((slices[3] as Slice).plane, imagePoint(7.2, 6.3));
      const plane: ImagePlane = {
        origin: middle,
        rowDirection,
        columnDirection: unit(cross(rowDirection, any())),
        spacing: { row: millimetres(0.31), column: millimetres(0.43) },
      };
      const size = { columns: 17, rows: 19 };
      const shown = cutThrough(
        grid,
        masks.map((mask) => patchFrom(runsOf(mask), mask.size)),
        {
          size,
          corner: imageToPatient(plane, imagePoint(0, 0)),
          right: imageToPatient(plane, imagePoint(1, 0)),
          down: imageToPatient(plane, imagePoint(0, 1)),
        },
      );
      shown.data.forEach((value, at) => {
        const [x, y] = [(at % size.columns) + 0.5, Math.floor(at / size.columns) + 0.5];
        const [k, pixel] = voxelHolding(slices, imageToPatient(plane, imagePoint(x, y)));
        const expected = pixel < 0 ? 0 : (masks[k]?.data[pixel] ?? 0);
        cut += expected;
        expect(value).toBe(expected);
      });
    }
    expect(cut).toBeGreaterThan(500);
  });

  test('are filled on a plane through all slices that the structure passes', () => {
    const slices = tiltedStack();
    const grid = gridOf(slices);
    if (!grid) throw new Error('the slices are a stack');
    const rod = ([x, y]: PatientPoint) => (Math.hypot(x - 4, y - 2) < 5 ? 1 : 0);
    const masks = slices.map((slice) => sampled(slice, rod));
    const normal: Vector = [1, 0, 0];
    const place = settled(patientPoint(4.2, 2, 36), normal);
    const found = filledOnPlane(grid, place, normal, ({ slice, at }) => masks[slice]?.[at] === 1);
    const passed = slices.flatMap((slice, k) =>
      [...(masks[k] ?? [])].flatMap((value, at) => {
        const centre = imagePoint((at % 60) + 0.5, Math.floor(at / 60) + 0.5);
        const [x] = imageToPatient(slice.plane, centre);
        return value === 1 && Math.abs(x - place[0]) < 0.5 ? [`${k} ${at}`] : [];
      }),
    );
    expect(passed.length).toBeGreaterThan(100);
    expect(found.map(({ slice, at }) => `${slice} ${at}`).sort()).toEqual(passed.sort());
  });
});
