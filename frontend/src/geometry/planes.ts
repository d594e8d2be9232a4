/** Three planes through one place of the body, and turning them about each other. */
import { cross, dot, type ImagePlane, type Vector } from './plane';
import { millimetres, type PatientPoint, patientPoint } from './units';

export type PlaneName = 'axial' | 'coronal' | 'sagittal';

export const PLANE_NAMES: readonly PlaneName[] = ['axial', 'coronal', 'sagittal'];

/** Unit vectors (LPS): `normal` points from the body to the reader, `up` to the top of the screen. */
export interface PlaneAxes {
  readonly normal: Vector;
  readonly up: Vector;
}

export interface Planes {
  /** Where all three cross. */
  readonly centre: PatientPoint;
  readonly axes: Readonly<Record<PlaneName, PlaneAxes>>;
}

/** As every radiologist expects them: axial from the feet, coronal from the front, sagittal from the left. */
const UPRIGHT: Planes['axes'] = {
  axial: { normal: [0, 0, -1], up: [0, -1, 0] },
  coronal: { normal: [0, -1, 0], up: [0, 0, 1] },
  sagittal: { normal: [1, 0, 0], up: [0, 0, 1] },
};

export const uprightAt = (centre: PatientPoint): Planes => ({ centre, axes: UPRIGHT });

export const isUpright = ({ axes }: Planes, name: PlaneName): boolean =>
  dot(axes[name].normal, UPRIGHT[name].normal) > 0.99999;

export const rightOf = ({ normal, up }: PlaneAxes): Vector => cross(up, normal);

/** A vector turned about a unit axis, counterclockwise as seen from its tip (Rodrigues 1840). */
export function turnedAbout(vector: Vector, axis: Vector, radians: number): Vector {
  const [cosine, sine] = [Math.cos(radians), Math.sin(radians)];
  const across = cross(axis, vector);
  const along = dot(axis, vector) * (1 - cosine);
  const at = (index: 0 | 1 | 2) =>
    vector[index] * cosine + across[index] * sine + axis[index] * along;
  return [at(0), at(1), at(2)];
}

/** The planes after the other two were turned about the normal of one. */
export function turned(planes: Planes, about: PlaneName, radians: number): Planes {
  const axis = planes.axes[about].normal;
  const turn = ({ normal, up }: PlaneAxes): PlaneAxes => ({
    normal: turnedAbout(normal, axis, radians),
    up: turnedAbout(up, axis, radians),
  });
  const axes = { ...planes.axes };
  for (const name of PLANE_NAMES) if (name !== about) axes[name] = turn(planes.axes[name]);
  return { ...planes, axes };
}

/** The place moved along a direction by so many millimetres. */
export const movedAlong = (place: PatientPoint, direction: Vector, by_mm: number): PatientPoint =>
  patientPoint(
    place[0] + direction[0] * by_mm,
    place[1] + direction[1] * by_mm,
    place[2] + direction[2] * by_mm,
  );

/** The plane as if it were an image of 1 mm pixels whose first pixel has its centre at `origin`. */
export const asImagePlane = (axes: PlaneAxes, origin: PatientPoint): ImagePlane => ({
  origin,
  rowDirection: rightOf(axes),
  columnDirection: [-axes.up[0], -axes.up[1], -axes.up[2]],
  spacing: { row: millimetres(1), column: millimetres(1) },
});

/** The direction on the plane `on` along which `other` cuts it; null while they are parallel. */
export function cutDirection(on: PlaneAxes, other: PlaneAxes): Vector | null {
  const along = cross(other.normal, on.normal);
  const length = Math.sqrt(dot(along, along));
  return length < 1e-6 ? null : [along[0] / length, along[1] / length, along[2] / length];
}
