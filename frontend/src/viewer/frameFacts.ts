/** Facts of one frame that its DICOM attributes carry: spacing, plane, edges, windows, unit. */
import { lettersOf } from '../geometry/orientation';
import { cross, dot, type ImagePlane } from '../geometry/plane';
import { millimetres, type PixelSpacing, patientPoint } from '../geometry/units';
import { type DicomObject, itemsOf, numberOf, numbersOf, textOf } from './dicomJson';

/** A window in modality units: everything from centre - width/2 to centre + width/2 is grey. */
export interface GreyWindow {
  readonly center: number;
  readonly width: number;
}

export type NamedWindow = GreyWindow & { readonly name: string };

/** How far the spacing can be trusted: measured in the patient, at the detector, or unknown. */
export type SpacingKind = 'patient' | 'detector' | 'none';

/** Letters at the right and the lower edge of the untouched image; empty when unknown. */
export interface EndLetters {
  readonly right: string;
  readonly down: string;
}

const IMAGE_POSITION = '00200032';
const IMAGE_ORIENTATION = '00200037';
const PIXEL_SPACING = '00280030';
const IMAGER_PIXEL_SPACING = '00181164';
const CALIBRATION_TYPE = '00280A02';
const PIXEL_ASPECT_RATIO = '00280034';
const FRAME_OF_REFERENCE = '00200052';

export function spacingOf(image: DicomObject): { spacing: PixelSpacing | null; kind: SpacingKind } {
  const fromTag = (tag: string) => {
    const [row, column] = numbersOf(image, tag) ?? [];
    return row && column && row > 0 && column > 0
      ? { row: millimetres(row), column: millimetres(column) }
      : null;
  };
  const patient = fromTag(PIXEL_SPACING);
  if (patient)
    return { spacing: patient, kind: isUncalibrated(image, fromTag) ? 'detector' : 'patient' };
  const region = ultrasoundSpacing(image);
  if (region) return { spacing: region, kind: 'patient' };
  const detector = fromTag(IMAGER_PIXEL_SPACING);
  return detector ? { spacing: detector, kind: 'detector' } : { spacing: null, kind: 'none' };
}

/**
 * A projection whose pixel spacing repeats that of the detector has not been calibrated: it holds
 * at the detector, not in the patient (PS3.3 10.7.1.3).
 */
function isUncalibrated(
  image: DicomObject,
  fromTag: (tag: string) => PixelSpacing | null,
): boolean {
  const [patient, detector] = [fromTag(PIXEL_SPACING), fromTag(IMAGER_PIXEL_SPACING)];
  const isSame = patient?.row === detector?.row && patient?.column === detector?.column;
  return detector !== null && isSame && textOf(image, CALIBRATION_TYPE) === undefined;
}

/** Spacing of an ultrasound image with exactly one region measured in cm (PS3.3 C.8.5.5). */
function ultrasoundSpacing(image: DicomObject): PixelSpacing | null {
  const regions = itemsOf(image, '00186011');
  const region = regions.length === 1 ? regions[0] : undefined;
  if (!region || numberOf(region, '00186024') !== 3 || numberOf(region, '00186026') !== 3)
    return null;
  const [x, y] = [numberOf(region, '0018602C'), numberOf(region, '0018602E')];
  if (!x || !y) return null;
  return { row: millimetres(Math.abs(y) * 10), column: millimetres(Math.abs(x) * 10) };
}

/** Pixel shape for display when no spacing is known: "row\column" of PS3.3 C.7.6.3.1.7. */
export function shapeOf(image: DicomObject): PixelSpacing {
  const [row, column] = numbersOf(image, PIXEL_ASPECT_RATIO) ?? [];
  const isUsable = row !== undefined && column !== undefined && row > 0 && column > 0;
  return isUsable
    ? { row: millimetres(row / column), column: millimetres(1) }
    : { row: millimetres(1), column: millimetres(1) };
}

type Triple = readonly [number, number, number];

export function planeOf(
  image: DicomObject,
  spacing: PixelSpacing,
): { plane: ImagePlane; isPlaced: boolean } {
  const position = numbersOf(image, IMAGE_POSITION);
  const cosines = numbersOf(image, IMAGE_ORIENTATION);
  const [rx, ry, rz, cx, cy, cz] = cosines ?? [];
  const isTurned = cosines?.length === 6;
  const rowDirection = (isTurned ? [rx, ry, rz] : [1, 0, 0]) as Triple;
  const columnDirection = (isTurned ? [cx, cy, cz] : [0, 1, 0]) as Triple;
  const normal = cross(rowDirection, columnDirection);
  const isPlaced = isTurned && position?.length === 3 && dot(normal, normal) > 0.5;
  const [x, y, z] = isPlaced && position ? (position as unknown as Triple) : [0, 0, 0];
  return {
    isPlaced,
    plane: {
      origin: patientPoint(x, y, z),
      rowDirection: isPlaced ? rowDirection : [1, 0, 0],
      columnDirection: isPlaced ? columnDirection : [0, 1, 0],
      spacing,
    },
  };
}

export function edgesOf(image: DicomObject, plane: ImagePlane, isPlaced: boolean): EndLetters {
  if (isPlaced)
    return { right: lettersOf(plane.rowDirection), down: lettersOf(plane.columnDirection) };
  const [right, down] = (image['00200020']?.Value ?? []).map(String);
  return { right: right ?? '', down: down ?? '' };
}

/** The file's own windows, the first one first (PS3.3 C.11.2); widths below 1 are no windows. */
export function windowsOf(image: DicomObject): NamedWindow[] {
  const centers = numbersOf(image, '00281050') ?? [];
  const widths = numbersOf(image, '00281051') ?? [];
  const names = (image['00281055']?.Value ?? []).map(String);
  return centers.flatMap((center, index) => {
    const width = widths[index];
    return width !== undefined && width >= 1
      ? [
          {
            center,
            width,
            // as stored: see greyWindows.ts
            name: names[index] || ['Protocol', index > 0 && index + 1].filter(Boolean).join(' '), // as stored
          },
        ]
      : [];
  });
}

/** PS3.3 C.8.9.1.1.3; anything but Bq/ml and g/ml is said as it is written. */
function petUnit(image: DicomObject): string {
  const units = textOf(image, '00541001') ?? '';
  return { BQML: 'Bq/ml', GML: 'g/ml' }[units] ?? units;
}

export function unitOf(image: DicomObject, modality: string): string {
  if (modality === 'PT') return petUnit(image);
  const type = textOf(image, '00281054');
  if (type && type !== 'US') return type;
  return modality === 'CT' && numberOf(image, '00281053') !== undefined ? 'HU' : '';
}

/** Display rate of a cine (PS3.3 C.7.6.5): recommended, as recorded, or from the frame time. */
export function frameRateOf(image: DicomObject): number | null {
  const [recommended, recorded, frameTimeMs] = ['00082144', '00180040', '00181063'].map((tag) =>
    numberOf(image, tag),
  );
  const rate = recommended ?? recorded ?? (frameTimeMs ? 1000 / frameTimeMs : undefined);
  return rate && rate > 0 ? rate : null;
}

/** What the loader gets: our spacing and plane, so that both draw the image at the same place. */
export function loaderAttributes(
  image: DicomObject,
  plane: ImagePlane,
  seriesUid: string,
): DicomObject {
  const { row, column } = plane.spacing;
  return {
    ...image,
    [PIXEL_SPACING]: { vr: 'DS', Value: [row, column] },
    [IMAGE_POSITION]: { vr: 'DS', Value: [...plane.origin] },
    [IMAGE_ORIENTATION]: { vr: 'DS', Value: [...plane.rowDirection, ...plane.columnDirection] },
    [FRAME_OF_REFERENCE]: image[FRAME_OF_REFERENCE] ?? { vr: 'UI', Value: [seriesUid] },
  };
}
