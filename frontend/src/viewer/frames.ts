/** The frames of a study in reading order, with what display and marking need to know of each. */
import { dot, type ImagePlane, positionAlongNormal } from '../geometry/plane';
import type { ImageSize, PixelSpacing } from '../geometry/units';
import { type DicomObject, frameAsImage, frameCountOf, numberOf, textOf } from './dicomJson';
import {
  type EndLetters,
  edgesOf,
  frameRateOf,
  loaderAttributes,
  type NamedWindow,
  planeOf,
  type SpacingKind,
  shapeOf,
  spacingOf,
  unitOf,
  windowsOf,
} from './frameFacts';
import { phasesOf, placeOf } from './phases';
import { suvFactorOf } from './suv';

export interface Frame {
  readonly imageId: string;
  readonly study_uid: string;
  readonly series_uid: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly modality: string;
  readonly size: ImageSize;
  readonly spacing: PixelSpacing | null;
  readonly spacingKind: SpacingKind;
  /** Where the image is drawn; unit spacing at the origin when the file does not say. */
  readonly plane: ImagePlane;
  readonly isPlaced: boolean;
  readonly frame_of_reference_uid: string;
  readonly edge: EndLetters;
  /** The file's own windows, the protocol's first. */
  readonly windows: readonly NamedWindow[];
  readonly isColour: boolean;
  readonly valueUnit: string;
  /** What makes SUV by body weight of values; null where that is not known. */
  readonly suvFactor: number | null;
  readonly isLossy: boolean;
  readonly lossyRatio: number | null;
  /** Frames per second the file asks for when it is a moving picture. */
  readonly framesPerSecond: number | null;
  /** The single-frame attributes the image loader reads. */
  readonly attributes: DicomObject;
}

export interface Series {
  readonly series_uid: string;
  readonly series_number: number | null;
  readonly modality: string;
  /** What the scanner called it; empty when that was removed. */
  readonly description: string;
  /** A small picture of it. */
  readonly thumbnailUrl: string;
  readonly frames: readonly Frame[];
  /** Its times, b-values or echoes, as many slices each in the same order; absent where it has one. */
  readonly phases?: readonly Phase[];
}

export interface Phase {
  /** How it differs from the others, such as "b 800"; empty where its number says all. */
  readonly name: string;
  readonly stack: Series;
}

const ROWS = '00280010';
const COLUMNS = '00280011';

const uri = encodeURIComponent;

/** The frame as a URL of the image loader; same origin, so the session cookie goes with it. */
export const frameUrl = (
  projectId: string,
  uids: { study: string; series: string; instance: string },
  frameNumber: number,
): string =>
  `/dicomweb/${uri(projectId)}/studies/${uri(uids.study)}/series/${uri(uids.series)}` +
  `/instances/${uri(uids.instance)}/frames/${frameNumber}`;

const thumbnailUrl = (projectId: string, studyUid: string, seriesUid: string): string =>
  `/dicomweb/${uri(projectId)}/studies/${uri(studyUid)}/series/${uri(seriesUid)}/thumbnail`;

function frameOf(projectId: string, object: DicomObject, frameNumber: number): Frame {
  const image = frameAsImage(object, frameNumber);
  const uids = {
    study: textOf(image, '0020000D') ?? '',
    series: textOf(image, '0020000E') ?? '',
    instance: textOf(image, '00080018') ?? '',
  };
  const modality = textOf(image, '00080060') ?? '';
  const { spacing, kind } = spacingOf(image);
  const { plane, isPlaced } = planeOf(image, spacing ?? shapeOf(image));
  return {
    imageId: `wadors:${frameUrl(projectId, uids, frameNumber)}`,
    study_uid: uids.study,
    series_uid: uids.series,
    sop_instance_uid: uids.instance,
    frame_number: frameNumber,
    modality,
    size: { rows: numberOf(image, ROWS) ?? 0, columns: numberOf(image, COLUMNS) ?? 0 },
    spacing,
    spacingKind: kind,
    plane,
    isPlaced,
    frame_of_reference_uid: textOf(image, '00200052') ?? '',
    edge: edgesOf(image, plane, isPlaced),
    windows: windowsOf(image),
    isColour: (numberOf(image, '00280002') ?? 1) > 1,
    valueUnit: unitOf(image, modality),
    suvFactor: suvFactorOf(image),
    isLossy: textOf(image, '00282110') === '01',
    lossyRatio: numberOf(image, '00282112') ?? null,
    framesPerSecond: frameRateOf(image),
    attributes: loaderAttributes(image, plane, uids.series),
  };
}

const instanceNumber = (frame: Frame): number => numberOf(frame.attributes, '00200013') ?? 0;

const byNumber = (one: Frame, other: Frame): number =>
  instanceNumber(one) - instanceNumber(other) || one.frame_number - other.frame_number;

/** Parallel slices, each at a place of its own: only these have an order in space. */
export function isOneStack(frames: readonly Frame[]): boolean {
  const first = frames[0];
  if (!first || frames.length < 2) return false;
  const isParallel = (frame: Frame) =>
    frame.isPlaced &&
    dot(frame.plane.rowDirection, first.plane.rowDirection) > 0.99 &&
    dot(frame.plane.columnDirection, first.plane.columnDirection) > 0.99;
  const places = new Set(frames.map((frame) => positionAlongNormal(frame.plane).toFixed(3)));
  return frames.every(isParallel) && places.size === frames.length;
}

/** By place in space, running the way the scanner numbered them; without places by number. */
function inReadingOrder(frames: readonly Frame[]): Frame[] {
  const numbered = [...frames].sort(byNumber);
  if (!isOneStack(numbered)) return numbered;
  const placed = [...numbered].sort(
    (one, other) => positionAlongNormal(one.plane) - positionAlongNormal(other.plane),
  );
  const [first, last] = [placed[0], placed[placed.length - 1]];
  return first && last && byNumber(first, last) > 0 ? placed.reverse() : placed;
}

/** A series that was imaged over time as stacks of one time each, all running the same way. */
function inPhases(series: Series): Series {
  const found = phasesOf(series.frames);
  const order = inReadingOrder(found?.[0]?.frames ?? []).map(placeOf);
  if (!found) return { ...series, frames: inReadingOrder(series.frames) };
  const phases = found.map(({ name, frames }) => {
    const at = new Map(frames.map((frame) => [placeOf(frame), frame]));
    return { name, stack: { ...series, frames: order.flatMap((place) => at.get(place) ?? []) } };
  });
  return { ...series, frames: phases.flatMap(({ stack }) => stack.frames), phases };
}

/** The series of a study in order of series number; objects without pixels are left out. */
export function seriesOf(projectId: string, objects: readonly DicomObject[]): Series[] {
  const groups = new Map<string, Frame[]>();
  for (const object of objects) {
    if (!numberOf(object, ROWS) || !numberOf(object, COLUMNS)) continue;
    const key = textOf(object, '0020000E') ?? '';
    const frames = Array.from({ length: frameCountOf(object) }, (_, index) =>
      frameOf(projectId, object, index + 1),
    );
    groups.set(key, [...(groups.get(key) ?? []), ...frames]);
  }
  return [...groups.entries()]
    .map(([series_uid, frames]) =>
      inPhases({
        series_uid,
        series_number: frames[0] ? (numberOf(frames[0].attributes, '00200011') ?? null) : null,
        modality: frames[0]?.modality ?? '',
        description: frames[0] ? (textOf(frames[0].attributes, '0008103E') ?? '') : '',
        thumbnailUrl: thumbnailUrl(projectId, frames[0]?.study_uid ?? '', series_uid),
        frames,
      }),
    )
    .sort((one, other) => (one.series_number ?? 0) - (other.series_number ?? 0));
}

/** Whether something that names an image and a frame lies on this one. */
export const belongsTo = (
  frame: Frame | undefined,
  { sop_instance_uid, frame_number }: Pick<Frame, 'sop_instance_uid' | 'frame_number'>,
): boolean => frame?.sop_instance_uid === sop_instance_uid && frame.frame_number === frame_number;
