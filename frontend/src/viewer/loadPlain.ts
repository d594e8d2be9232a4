/**
 * Loads a grey frame that comes plain. The loader would ask for it wrapped, look for the wrapping
 * byte by byte, and send the pixels to a worker and back; all that takes longer than the values.
 */
import { Enums, type Types, utilities } from '@cornerstonejs/core';
import type { DicomObject } from './dicomJson';
import { numberOf, numbersOf, textOf } from './dicomJson';
import { decodeExactly, drawable, type LoadOptions } from './exactValues';
import { PLAIN_SYNTAX, syntaxOf } from './largeFrames';
import { FrameNotDelivered } from './loadLarge';
import { type PlainKind, plainValues } from './plainValues';

const ACCEPT = 'application/octet-stream; transfer-syntax=*';

/** Raises: FrameNotDelivered, and what the decoder refuses with. */
export function loadPlain(
  imageId: string,
  image: DicomObject,
  kind: PlainKind,
  options?: LoadOptions,
) {
  return { promise: load(imageId, image, kind, options) };
}

async function load(
  imageId: string,
  image: DicomObject,
  kind: PlainKind,
  options?: LoadOptions,
): Promise<Types.IImage> {
  const isAhead = options?.requestType === Enums.RequestType.Prefetch;
  const notDelivered = () => {
    throw new FrameNotDelivered(0);
  };
  const answer = await fetch(imageId.slice('wadors:'.length), {
    headers: { Accept: ACCEPT },
    credentials: 'same-origin',
    priority: isAhead ? 'low' : 'high',
  }).catch(notDelivered);
  if (!answer.ok) throw new FrameNotDelivered(answer.status);
  const bytes = await answer.arrayBuffer().catch(notDelivered);
  const syntax = syntaxOf(answer.headers.get('Content-Type'));
  return syntax === PLAIN_SYNTAX
    ? drawable(plainImage(imageId, image, kind, bytes))
    : decodeExactly(imageId, new Uint8Array(bytes), syntax, options);
}

/** What the loader makes of such a frame. */
function plainImage(
  imageId: string,
  image: DicomObject,
  kind: PlainKind,
  bytes: ArrayBuffer,
): Types.IImage {
  const { values, least, most } = plainValues(bytes, kind);
  const [rows, columns] = [numberOf(image, '00280010') ?? 0, numberOf(image, '00280011') ?? 0];
  const [down, across] = numbersOf(image, '00280030') ?? [];
  const { slope, intercept } = kind;
  const own = utilities.windowLevel.toWindowLevel(least, most);
  const [windowCenter, windowWidth] = [numberOf(image, '00281050'), numberOf(image, '00281051')];
  const hasWindow = windowCenter !== undefined && windowWidth !== undefined;
  const photometricInterpretation = textOf(image, '00280004');
  return {
    imageId,
    dataType: values.constructor.name,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    rows,
    columns,
    height: rows,
    width: columns,
    rowPixelSpacing: down ?? 1,
    columnPixelSpacing: across ?? 1,
    slope,
    intercept,
    preScale: slope === 1 && intercept === 0 ? undefined : scaledBy(image, kind),
    invert: photometricInterpretation === 'MONOCHROME1',
    minPixelValue: least,
    maxPixelValue: most,
    windowCenter: hasWindow ? windowCenter : own.windowCenter,
    windowWidth: hasWindow ? windowWidth : own.windowWidth,
    sizeInBytes: values.byteLength,
    imageQualityStatus: Enums.ImageQualityStatus.FULL_RESOLUTION,
    imageFrame: { photometricInterpretation },
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: columns,
      height: rows,
      scalarData: values,
      numberOfComponents: 1,
    }),
    getPixelData: () => values,
  } as unknown as Types.IImage;
}

const scaledBy = (image: DicomObject, { slope, intercept }: PlainKind) => ({
  enabled: true,
  scaled: true,
  scalingParameters: {
    rescaleSlope: slope,
    rescaleIntercept: intercept,
    modality: textOf(image, '00080060'),
  },
});
