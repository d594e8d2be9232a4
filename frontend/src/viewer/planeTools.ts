/** Fill and the brush along edges on a plane through a stack. */
import { alikeIn, greyOf } from '../geometry/alike';
import { type Grid, gridOf } from '../geometry/cutThrough';
import type { ValuesAt } from '../geometry/grow';
import type { Brush } from '../geometry/paint';
import { dot, type ImagePlane, normalOf, type Vector } from '../geometry/plane';
import { filledOnPlane, type Voxel, voxelAt } from '../geometry/planeFill';
import { placesOn } from '../geometry/sweep';
import { type ImagePoint, type ImageSize, imagePoint } from '../geometry/units';
import type { Ground, Hand, Stroke } from './segments';
import { sheetsOn, valuesThrough } from './sheets';

/** One press: the hole under it is filled, or what lies there taken away. */
export function beginPlaneFill(
  start: ImagePoint,
  ground: Ground,
  hand: Hand,
  plane: ImagePlane,
): Stroke {
  const grid = gridOf(ground.slices);
  const sheets = sheetsOn(ground, { ...hand, range: null });
  const isInside = ({ slice, at }: Voxel) => sheets.open(slice)?.mask.data[at] === 1;
  const place = placesOn(plane)(start);
  const seed = grid && voxelAt(grid, place);
  // A hole is filled and a part removed; the other way round there is nothing to do.
  if (grid && seed && isInside(seed) === hand.isErasing) {
    const found = filledOnPlane(grid, place, normalOf(plane), isInside);
    for (const { slice, at } of found) {
      const sheet = sheets.open(slice);
      if (sheet) sheet.mask.data[at] = hand.isErasing ? 0 : 1;
    }
  }
  return { ...sheets.stroke(), move: () => undefined };
}

/** Directions closer to each other than this are the same. */
const SAME = 0.999;

/** Millimetres from one sample of the plane to the next along a direction of it. */
function pitchAlong(direction: Vector, { plane, step_mm }: Grid): number {
  const edges: readonly (readonly [Vector, number])[] = [
    [plane.rowDirection, plane.spacing.column],
    [plane.columnDirection, plane.spacing.row],
    [normalOf(plane), Math.abs(step_mm)],
  ];
  const along = edges.find(([axis]) => Math.abs(dot(axis, direction)) > SAME);
  return along?.[1] ?? Math.min(...edges.map(([, edge]) => edge));
}

/** What a plane cuts around a place, sampled at the spacing of the voxels. */
export interface Sample {
  readonly size: ImageSize;
  /** Row by row; beside the stack, and where pixels are on their way, as in the middle. */
  readonly values: Float32Array;
  /** The voxel under each; null where there is none. */
  readonly voxels: readonly (Voxel | null)[];
  readonly middle: ImagePoint;
  readonly brush: Brush;
}

/** As far around as the brush reaches; null where nothing lies. `plane` has pixels of 1 mm. */
export function sampleOn(
  plane: ImagePlane,
  point: ImagePoint,
  radius_mm: number,
  { grid, valuesAt }: { readonly grid: Grid; readonly valuesAt: ValuesAt },
): Sample | null {
  const placeOf = placesOn(plane);
  const pitch = [
    pitchAlong(plane.rowDirection, grid),
    pitchAlong(plane.columnDirection, grid),
  ] as const;
  // Samples are counted from the pointer, which stands in the middle of one.
  const reach = pitch.map((step) => Math.ceil(radius_mm / step) + 1) as [number, number];
  const size = { columns: 2 * reach[0] + 1, rows: 2 * reach[1] + 1 };
  const voxels: (Voxel | null)[] = [];
  const values = new Float32Array(size.columns * size.rows);
  for (let at = 0; at < values.length; at += 1) {
    const x = point[0] + ((at % size.columns) - reach[0]) * pitch[0];
    const y = point[1] + (Math.floor(at / size.columns) - reach[1]) * pitch[1];
    const voxel = voxelAt(grid, placeOf(imagePoint(x, y)));
    const value = voxel && valuesAt(voxel.slice)?.[voxel.at];
    voxels.push(value === null || value === undefined ? null : voxel);
    values[at] = value ?? Number.NaN;
  }
  const here = values[reach[1] * size.columns + reach[0]] ?? Number.NaN;
  if (Number.isNaN(here)) return null;
  // Where there is nothing, there is nothing to differ.
  for (let at = 0; at < values.length; at += 1)
    if (Number.isNaN(values[at] ?? here)) values[at] = here;
  return {
    size,
    values,
    voxels,
    middle: imagePoint(reach[0] + 0.5, reach[1] + 0.5),
    brush: { radiusColumns: radius_mm / pitch[0], radiusRows: radius_mm / pitch[1] },
  };
}

/** `plane` has pixels of 1 mm. */
export function beginPlaneEdge(
  start: ImagePoint,
  ground: Ground,
  hand: Hand,
  plane: ImagePlane,
): Stroke {
  const grid = gridOf(ground.slices);
  const sheets = sheetsOn(ground, hand);
  const valuesAt = grid && valuesThrough(ground, grid.size);
  const paint = (point: ImagePoint) => {
    const sample = grid && valuesAt && sampleOn(plane, point, hand.radius, { grid, valuesAt });
    if (!sample) return;
    const { values, size, voxels, middle, brush } = sample;
    for (const at of alikeIn(greyOf(values, size), middle, brush)) {
      const voxel = voxels[at];
      const sheet = voxel && sheets.open(voxel.slice);
      if (voxel && sheet?.allowed(voxel.at)) sheet.mask.data[voxel.at] = hand.isErasing ? 0 : 1;
    }
  };
  let last = start;
  paint(start);
  return {
    ...sheets.stroke(),
    move(to) {
      const length = Math.hypot(to[0] - last[0], to[1] - last[1]);
      const steps = Math.max(1, Math.ceil((2 * length) / hand.radius));
      for (let step = 1; step <= steps; step += 1) {
        const share = step / steps;
        paint(imagePoint(last[0] + share * (to[0] - last[0]), last[1] + share * (to[1] - last[1])));
      }
      last = to;
    },
  };
}
