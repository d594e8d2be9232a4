/** Branded numbers and points, so that millimetres, image points and canvas points cannot be mixed up. */
declare const unit: unique symbol;

/** A length in the patient, in millimetres. */
export type Millimetres = number & { readonly [unit]: 'mm' };

/**
 * A place in an image as [x, y]: x runs along a row (column direction), y down a column.
 * (0, 0) is the CORNER of the first pixel, so that pixel's centre is (0.5, 0.5) and the far
 * corner of the image is (columns, rows).
 */
export type ImagePoint = readonly [x: number, y: number] & { readonly [unit]: 'image' };

/** A place on the screen in CSS pixels from the top left of the viewport. */
export type CanvasPoint = readonly [x: number, y: number] & { readonly [unit]: 'canvas' };

/** A place in the patient: LPS, millimetres, in some frame of reference. */
export type PatientPoint = readonly [x: number, y: number, z: number] & {
  readonly [unit]: 'patient';
};

export const millimetres = (value: number): Millimetres => value as Millimetres;

export const imagePoint = (x: number, y: number): ImagePoint => [x, y] as unknown as ImagePoint;

export const canvasPoint = (x: number, y: number): CanvasPoint => [x, y] as unknown as CanvasPoint;

export const patientPoint = (x: number, y: number, z: number): PatientPoint =>
  [x, y, z] as unknown as PatientPoint;

/** The size of an image in pixels. */
export interface ImageSize {
  readonly columns: number;
  readonly rows: number;
}

/** Distances between pixel centres: `row` from one row to the next, `column` from one column to the next. */
export interface PixelSpacing {
  readonly row: Millimetres;
  readonly column: Millimetres;
}
