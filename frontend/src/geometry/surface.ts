/** The surface of what is painted on a stack, as triangles in the patient. */
import type { Patch } from './cutThrough';
import { cross, dot, normalOf, type Vector } from './plane';
import { stackStep } from './stackStep';
import type { Slice } from './sweep';

export interface Surface {
  /** x, y, z of each corner in LPS millimetres. */
  readonly points: Float32Array;
  /** Unit vectors that point outwards, one for each corner. */
  readonly normals: Float32Array;
  /** Three corners of each triangle. */
  readonly triangles: Uint32Array;
}

type Triple = readonly [number, number, number];

/** Voxels that are looked at; larger structures are looked at in blocks of several. */
const MOST_SAMPLES = 1_500_000;

/** Of a block of several voxels less must be inside, or thin structures would come apart. */
const LEAST = { one: 0.5, several: 0.25 };

/** How often corners are drawn towards the middle of their neighbours; none leaves its cell. */
const SMOOTHINGS = 4;

/** The share of each block that is inside, with one empty block all around. */
interface Field {
  readonly counts: Triple;
  readonly data: Float32Array;
  /** First voxel, and voxels in a block, along column, row and slice. */
  readonly first: Triple;
  readonly block: Triple;
  /** The share from which a block counts as inside. */
  readonly least: number;
}

/**
 * Surface nets (Gibson 1998): one corner in each cell of eight neighbouring samples that are not
 * alike, between them one square for each pair of neighbours. Null where nothing is inside.
 * `patches` has one entry for each slice; slices may be shifted against each other.
 */
export function surfaceOf(
  slices: readonly Slice[],
  patches: readonly (Patch | null)[],
): Surface | null {
  const field = fieldOf(slices, patches);
  if (!field) return null;
  const { places, cells, triangles } = netOf(field);
  smooth(places, cells, triangles);
  const points = inPatient(slices, field, places);
  faceOutwards(slices, triangles);
  return { points, triangles, normals: normalsOf(points, triangles) };
}

function fieldOf(slices: readonly Slice[], patches: readonly (Patch | null)[]): Field | null {
  const filled = patches.flatMap((patch, index) => (patch ? [{ patch, index }] : []));
  const [one, other] = [filled[0], filled[filled.length - 1]];
  const first = slices[0];
  if (!one || !other || !first) return null;
  const left = Math.min(...filled.map(({ patch }) => patch.left));
  const top = Math.min(...filled.map(({ patch }) => patch.top));
  const extent: Triple = [
    Math.max(...filled.map(({ patch }) => patch.right)) - left,
    Math.max(...filled.map(({ patch }) => patch.bottom)) - top,
    other.index + 1 - one.index,
  ];
  const { column, row } = first.plane.spacing;
  const block = blockFor(extent, [column, row, Math.hypot(...stackStep(slices))]);
  const counts = extent.map((voxels, axis) => Math.ceil(voxels / (block[axis] ?? 1)) + 2);
  const [across = 0, down = 0, through = 0] = counts;
  const data = new Float32Array(across * down * through);
  const share = 1 / (block[0] * block[1] * block[2]);
  for (const { patch, index } of filled) {
    const z = Math.floor((index - one.index) / block[2]) + 1;
    for (let y = patch.top; y < patch.bottom; y += 1) {
      const line = (z * down + Math.floor((y - top) / block[1]) + 1) * across + 1;
      const from = (y - patch.top) * (patch.right - patch.left);
      for (let x = patch.left; x < patch.right; x += 1)
        if (patch.data[from + x - patch.left]) {
          const at = line + Math.floor((x - left) / block[0]);
          data[at] = (data[at] ?? 0) + share;
        }
    }
  }
  const least = Math.max(...block) > 1 ? LEAST.several : LEAST.one;
  return { counts: [across, down, through], data, first: [left, top, one.index], block, least };
}

/** Blocks grow along the finest direction first, so that they come near to cubes. */
export function blockFor(extent: Triple, steps_mm: Triple, most = MOST_SAMPLES): Triple {
  const block: [number, number, number] = [1, 1, 1];
  const samples = () =>
    extent.reduce((product, voxels, axis) => product * (voxels / (block[axis] ?? 1) + 2), 1);
  while (samples() > most) {
    const edges = block.map((voxels, axis) => voxels * (steps_mm[axis] ?? 1));
    const finest = edges.indexOf(Math.min(...edges)) as 0 | 1 | 2;
    block[finest] += 1;
  }
  return block;
}

interface Net {
  /** Corners in samples. */
  readonly places: Float32Array;
  /** The cell of each corner, as its first sample. */
  readonly cells: Int32Array;
  readonly triangles: Uint32Array;
}

function netOf({ counts: [across, down, through], data, least }: Field): Net {
  const steps = [1, across, across * down] as const;
  const corners = [0, 1, across, across + 1].flatMap((at) => [at, at + steps[2]]);
  const cornerOf = new Int32Array(data.length).fill(-1);
  const [places, cells, triangles]: [number[], number[], number[]] = [[], [], []];
  for (let z = 0; z + 1 < through; z += 1)
    for (let y = 0; y + 1 < down; y += 1)
      for (let x = 0; x + 1 < across; x += 1) {
        const at = x + y * steps[1] + z * steps[2];
        let inside = 0;
        for (const corner of corners) if ((data[at + corner] ?? 0) >= least) inside += 1;
        if (inside === 0 || inside === 8) continue;
        cornerOf[at] = cells.length / 3;
        cells.push(x, y, z);
        const [dx, dy, dz] = middleOfCrossings(data, at, steps, least);
        places.push(x + dx, y + dy, z + dz);
      }
  // A pair of neighbours, one inside and one outside, is enclosed by four cells: a square.
  for (let axis = 0; axis < 3; axis += 1) {
    const step = steps[axis] ?? 1;
    const [u, v] = [steps[(axis + 1) % 3] ?? 1, steps[(axis + 2) % 3] ?? 1];
    for (let at = u + v; at + step < data.length; at += 1) {
      const isIn = (data[at] ?? 0) >= least;
      if (isIn === (data[at + step] ?? 0) >= least) continue;
      const [a, b, c, d] = [at - u - v, at - v, at, at - u].map((cell) => cornerOf[cell] ?? -1);
      if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
      if (Math.min(a, b, c, d) < 0) continue;
      if (isIn) triangles.push(a, b, c, a, c, d);
      else triangles.push(a, c, b, a, d, c);
    }
  }
  return {
    places: Float32Array.from(places),
    cells: Int32Array.from(cells),
    triangles: Uint32Array.from(triangles),
  };
}

/** The middle of the places where the edges of a cell pass from inside to outside. */
function middleOfCrossings(data: Float32Array, at: number, steps: Triple, least: number): Triple {
  const sum: [number, number, number] = [0, 0, 0];
  let crossings = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const [one, other] = [(axis + 1) % 3, (axis + 2) % 3];
    for (let edge = 0; edge < 4; edge += 1) {
      const [i, j] = [edge & 1, edge >> 1];
      const start = at + i * (steps[one] ?? 1) + j * (steps[other] ?? 1);
      const [from, to] = [data[start] ?? 0, data[start + (steps[axis] ?? 1)] ?? 0];
      if (from >= least === to >= least) continue;
      const along = (least - from) / (to - from);
      crossings += 1;
      const shares = [0, 0, 0];
      [shares[axis], shares[one], shares[other]] = [along, i, j];
      for (const part of [0, 1, 2] as const) sum[part] += shares[part] ?? 0;
    }
  }
  return [sum[0] / crossings, sum[1] / crossings, sum[2] / crossings];
}

/** Steps of voxels become slopes; a corner that stays in its cell keeps the surface where it is. */
function smooth(places: Float32Array, cells: Int32Array, triangles: Uint32Array): void {
  const sums = new Float32Array(places.length);
  const counts = new Uint16Array(places.length / 3);
  for (let turn = 0; turn < SMOOTHINGS; turn += 1) {
    sums.fill(0);
    counts.fill(0);
    for (let at = 0; at < triangles.length; at += 1) {
      // each edge is met once in either triangle it belongs to
      const from = triangles[at] ?? 0;
      const to = triangles[at % 3 === 2 ? at - 2 : at + 1] ?? 0;
      for (let part = 0; part < 3; part += 1)
        sums[from * 3 + part] = (sums[from * 3 + part] ?? 0) + (places[to * 3 + part] ?? 0);
      counts[from] = (counts[from] ?? 0) + 1;
    }
    for (let at = 0; at < places.length; at += 1) {
      const count = counts[Math.floor(at / 3)] ?? 0;
      if (count === 0) continue;
      const wanted = ((places[at] ?? 0) + (sums[at] ?? 0) / count) / 2;
      const cell = cells[at] ?? 0;
      places[at] = Math.min(cell + 1, Math.max(cell, wanted));
    }
  }
}

function inPatient(slices: readonly Slice[], field: Field, places: Float32Array): Float32Array {
  const points = new Float32Array(places.length);
  const plane = slices[0]?.plane;
  if (!plane) return points;
  const { origin, rowDirection, columnDirection, spacing } = plane;
  const step = stackStep(slices);
  const { first, block } = field;
  // the middle of the first sample lies half a block before the first voxel's own edge
  const voxel = (at: number, axis: 0 | 1 | 2) =>
    first[axis] + ((places[at + axis] ?? 0) - 0.5) * block[axis] - 0.5;
  for (let at = 0; at < places.length; at += 3) {
    const across = voxel(at, 0) * spacing.column;
    const down = voxel(at, 1) * spacing.row;
    const through = voxel(at, 2);
    for (const axis of [0, 1, 2] as const)
      points[at + axis] =
        origin[axis] +
        rowDirection[axis] * across +
        columnDirection[axis] * down +
        step[axis] * through;
  }
  return points;
}

/** Corners run counterclockwise as seen from outside, also where slices run against their normal. */
function faceOutwards(slices: readonly Slice[], triangles: Uint32Array): void {
  const plane = slices[0]?.plane;
  if (!plane || dot(normalOf(plane), stackStep(slices)) > 0) return;
  for (let at = 0; at < triangles.length; at += 3)
    [triangles[at + 1], triangles[at + 2]] = [triangles[at + 2] ?? 0, triangles[at + 1] ?? 0];
}

function normalsOf(points: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(points.length);
  const along = (from: number, to: number): Vector => [
    (points[to * 3] ?? 0) - (points[from * 3] ?? 0),
    (points[to * 3 + 1] ?? 0) - (points[from * 3 + 1] ?? 0),
    (points[to * 3 + 2] ?? 0) - (points[from * 3 + 2] ?? 0),
  ];
  for (let at = 0; at < triangles.length; at += 3) {
    const [a = 0, b = 0, c = 0] = triangles.subarray(at, at + 3);
    // as long as the triangle is large: large ones count for more
    const normal = cross(along(a, b), along(a, c));
    for (const corner of [a, b, c])
      for (const part of [0, 1, 2] as const)
        normals[corner * 3 + part] = (normals[corner * 3 + part] ?? 0) + normal[part];
  }
  for (let at = 0; at < normals.length; at += 3) {
    const [x = 0, y = 0, z = 0] = normals.subarray(at, at + 3);
    const length = Math.hypot(x, y, z) || 1;
    normals.set([x / length, y / length, z / length], at);
  }
  return normals;
}
