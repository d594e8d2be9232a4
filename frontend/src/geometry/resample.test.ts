import { describe, expect, test } from 'vitest';
import type { Picture } from './cutThrough';
import { fromLattice, latticeOf, toLattice } from './lattice';
import { cross, type ImagePlane, imageToPatient, type Vector } from './plane';
import { resample, type Voxels, valueAtPlace } from './resample';
import type { Slice } from './sweep';
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

/** Two directions square to each other, anyhow in the patient. */
function directions(next: () => number): readonly [Vector, Vector] {
  const any = (): Vector => unit([next() - 0.5, next() - 0.5, next() - 0.5]);
  const row = any();
  return [row, unit(cross(row, any()))];
}

function planeOf(next: () => number): ImagePlane {
  const [rowDirection, columnDirection] = directions(next);
  return {
    origin: patientPoint(next() * 40 - 20, next() * 40 - 20, next() * 40 - 20),
    rowDirection,
    columnDirection,
    spacing: { row: millimetres(0.5 + next() * 3), column: millimetres(0.5 + next() * 3) },
  };
}

const SIZE = { columns: 9, rows: 7 };
const COUNT = 6;

/** Parallel slices, shifted in plane by up to `shear` mm from one to the next. */
function stackOn(next: () => number, shear: number): Slice[] {
  const plane = planeOf(next);
  const normal = cross(plane.rowDirection, plane.columnDirection);
  const gap = (1 + next() * 3) * (next() < 0.5 ? -1 : 1);
  const [aside, below] = [(next() - 0.5) * shear, (next() - 0.5) * shear];
  return Array.from({ length: COUNT }, (_, index) => {
    const at = (axis: 0 | 1 | 2) =>
      plane.origin[axis] +
      index *
        (gap * normal[axis] +
          aside * plane.rowDirection[axis] +
          below * plane.columnDirection[axis]);
    return { size: SIZE, plane: { ...plane, origin: patientPoint(at(0), at(1), at(2)) } };
  });
}

function voxelsOn(slices: readonly Slice[], next: () => number, isLabelMap = false): Voxels {
  const lattice = latticeOf(slices);
  if (!lattice) throw new Error('the slices are a stack');
  const values = () =>
    Int16Array.from({ length: SIZE.columns * SIZE.rows }, () => next() * 4000 - 1000);
  return { lattice, slices: slices.map(values), isLabelMap };
}

/** The picture whose pixels are those of an image. */
const pictureOn = (plane: ImagePlane, size = SIZE): Picture => ({
  size,
  corner: imageToPatient(plane, imagePoint(0, 0)),
  right: imageToPatient(plane, imagePoint(1, 0)),
  down: imageToPatient(plane, imagePoint(0, 1)),
});

function resampled(voxels: Voxels, picture: Picture): Float32Array {
  const into = new Float32Array(picture.size.columns * picture.size.rows);
  for (const _ of resample(voxels, picture, into));
  return into;
}

/** (column, row, slice) by Cramer's rule from the places of four voxels. */
function solved(slices: readonly Slice[], place: PatientPoint): Vector {
  const [first, second] = slices as [Slice, Slice];
  const origin = imageToPatient(first.plane, imagePoint(0.5, 0.5));
  const away = (to: PatientPoint): Vector => [
    to[0] - origin[0],
    to[1] - origin[1],
    to[2] - origin[2],
  ];
  const a = away(imageToPatient(first.plane, imagePoint(1.5, 0.5)));
  const b = away(imageToPatient(first.plane, imagePoint(0.5, 1.5)));
  const c = away(imageToPatient(second.plane, imagePoint(0.5, 0.5)));
  const det = (u: Vector, v: Vector, w: Vector) =>
    u[0] * (v[1] * w[2] - v[2] * w[1]) -
    v[0] * (u[1] * w[2] - u[2] * w[1]) +
    w[0] * (u[1] * v[2] - u[2] * v[1]);
  const p = away(place);
  const whole = det(a, b, c);
  return [det(p, b, c) / whole, det(a, p, c) / whole, det(a, b, p) / whole];
}

/** The sum over all voxels of value times overlap of two tents; null outside of the stack. */
function expected(voxels: Voxels, slices: readonly Slice[], place: PatientPoint): number | null {
  const at = solved(slices, place);
  const counts = [SIZE.columns, SIZE.rows, COUNT];
  if (at.some((part, axis) => part < -0.5 || part > (counts[axis] ?? 0) - 0.5)) return null;
  const [x, y, z] = at.map((part, axis) =>
    Math.min((counts[axis] ?? 0) - 1, Math.max(0, part)),
  ) as [number, number, number];
  let sum = 0;
  voxels.slices.forEach((values, k) => {
    for (let j = 0; j < SIZE.rows; j += 1)
      for (let i = 0; i < SIZE.columns; i += 1) {
        const tent = (away: number) => Math.max(0, 1 - Math.abs(away));
        sum += tent(x - i) * tent(y - j) * tent(z - k) * (values?.[j * SIZE.columns + i] ?? 0);
      }
  });
  return sum;
}

/** How far a place is from where the stack ends, in voxels: rounding decides on the edge itself. */
function isOnEdge(slices: readonly Slice[], place: PatientPoint): boolean {
  const counts = [SIZE.columns, SIZE.rows, COUNT];
  return solved(slices, place).some(
    (part, axis) =>
      Math.abs(part + 0.5) < 1e-6 || Math.abs(part - (counts[axis] ?? 0) + 0.5) < 1e-6,
  );
}

describe('a lattice', () => {
  test('takes every place to voxels and back, however the slices are shifted', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = numbers(seed * 7919);
      const slices = stackOn(next, 4);
      const lattice = latticeOf(slices);
      if (!lattice) throw new Error('the slices are a stack');
      const place = patientPoint(next() * 50 - 25, next() * 50 - 25, next() * 50 - 25);
      const voxel = toLattice(lattice, place);
      const again = fromLattice(lattice, voxel);
      const known = solved(slices, place);
      for (const axis of [0, 1, 2] as const) {
        expect(again[axis]).toBeCloseTo(place[axis], 9);
        expect(voxel[axis]).toBeCloseTo(known[axis], 6);
      }
      slices.forEach(({ plane }, index) => {
        const [i, j, k] = toLattice(lattice, imageToPatient(plane, imagePoint(2.5, 3.5)));
        expect([i, j, k].map((part) => Math.round(part * 1e6) / 1e6 + 0)).toEqual([2, 3, index]);
      });
    }
  });
});

describe('an overlay', () => {
  test.each([0, 4])('is, pixel by pixel, what lies there (slices shifted by %s mm)', (shear) => {
    let inside = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = numbers(seed * 104729);
      const slices = stackOn(next, shear);
      const voxels = voxelsOn(slices, next);
      const middle = fromLattice(voxels.lattice, [4, 3, 2.5]);
      const cut = planeOf(next);
      const plane = { ...cut, origin: middle };
      const picture = { ...pictureOn(plane), size: { columns: 12, rows: 11 } };
      const found = resampled(voxels, picture);
      for (let row = 0; row < 11; row += 1)
        for (let column = 0; column < 12; column += 1) {
          const place = imageToPatient(plane, imagePoint(column + 0.5, row + 0.5));
          if (isOnEdge(slices, place)) continue;
          const value = expected(voxels, slices, place);
          const shown = found[row * 12 + column] ?? 0;
          if (value === null) expect(shown).toBeNaN();
          else {
            inside += 1;
            expect(Math.abs(shown - value)).toBeLessThan(0.01);
            expect(Math.abs(valueAtPlace(voxels, place) - value)).toBeLessThan(0.01);
          }
        }
    }
    expect(inside).toBeGreaterThan(500);
  });

  test('of the image itself is the image itself, to the last pixel', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const next = numbers(seed * 15485863);
      const slices = stackOn(next, seed % 2 === 0 ? 3 : 0);
      const voxels = voxelsOn(slices, next);
      slices.forEach(({ plane }, index) => {
        expect(resampled(voxels, pictureOn(plane))).toEqual(
          Float32Array.from(voxels.slices[index] ?? []),
        );
      });
    }
  });

  test('of labels never makes one between two', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const next = numbers(seed * 32452843);
      const slices = stackOn(next, 0);
      const voxels = voxelsOn(slices, next, true);
      const known = new Set(voxels.slices.flatMap((values) => Array.from(values ?? [])));
      const cut = { ...planeOf(next), origin: fromLattice(voxels.lattice, [4, 3, 2.5]) };
      const picture = pictureOn(cut);
      resampled(voxels, picture).forEach((value, at) => {
        if (Number.isNaN(value)) return;
        expect(known).toContain(value);
        const [column, row] = [at % SIZE.columns, Math.floor(at / SIZE.columns)];
        const place = imageToPatient(cut, imagePoint(column + 0.5, row + 0.5));
        const [i, j, k] = solved(slices, place).map((part) => part + 0.5) as [
          number,
          number,
          number,
        ];
        const isBetween = [i, j, k].some((part) => Math.abs(part - Math.round(part)) < 1e-6);
        const nearest =
          voxels.slices[Math.floor(k)]?.[Math.floor(j) * SIZE.columns + Math.floor(i)];
        if (!isBetween) expect(value).toBe(nearest);
      });
    }
  });

  test('is nothing where a slice it needs has not come', () => {
    const next = numbers(49979687);
    const slices = stackOn(next, 0);
    const full = voxelsOn(slices, next);
    const voxels = { ...full, slices: full.slices.map((one, index) => (index === 2 ? null : one)) };
    const at = (k: number) => valueAtPlace(voxels, fromLattice(full.lattice, [3, 3, k]));
    expect([1.5, 2, 2.5].map(at)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(at(1)).toBe(full.slices[1]?.[3 * SIZE.columns + 3]);
    expect(at(3)).toBe(full.slices[3]?.[3 * SIZE.columns + 3]);
  });
});
