/** What a reader has said about a case: answer, attributes, marks and segments, by annotation id. */
import type {
  Annotation,
  AnnotationKind,
  AnswerContent,
  AttributesContent,
  MarkContent,
  OutcomeContent,
  RejectionContent,
  SegmentContent,
  SpaceMarkContent,
} from '../../api/reading';
import type { Runs } from '../../geometry/mask';
import { imagePoint, patientPoint } from '../../geometry/units';
import type { InSpace, Mark, MarkKind } from '../../viewer/marks';
import type { Target, Values } from './attributes';

export interface Answer {
  readonly id: string;
  readonly kind: 'answer';
  readonly label_keys: readonly string[];
  /** The suggestion this answer was accepted from. */
  readonly suggestion_id?: string;
}

/**
 * A segment on one frame. There is at most one of a label on a frame, and it is emptied rather
 * than deleted, so that every window goes on with the same one.
 */
export interface Segment {
  readonly id: string;
  readonly kind: 'segment';
  readonly label_key: string;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
  readonly runs: Runs;
  /** The suggestion it was taken from; corrections still name it. */
  readonly suggestion_id?: string;
  /** The prompts this state was taken over from; gone with the next stroke. */
  readonly prompt_session_id?: string;
}

/**
 * Answers to the attributes of one target. There is one per target, and it is emptied rather than
 * deleted, as a segment is.
 */
export interface Attributes extends Target {
  readonly id: string;
  readonly kind: 'attributes';
  readonly values: Values;
  /** The suggestion that these answers were accepted from; gone with the next one. */
  readonly suggestion_id?: string;
}

/** What becomes of the case; there is one, emptied rather than deleted. */
export interface Outcome {
  readonly id: string;
  readonly kind: 'outcome';
  /** Key of the reason why the case is left out. */
  readonly exclusion: string | null;
  readonly quality: OutcomeContent['quality'];
  readonly note: string;
}

/** Whether a suggestion is rejected; there is one of each suggestion, never deleted. */
export interface Rejection {
  readonly id: string;
  readonly kind: 'rejection';
  /** The suggestion's id. */
  readonly of: string;
  readonly is_rejected: boolean;
}

export type Item = Answer | Attributes | Mark | Outcome | Rejection | Segment;

const NO_MARKS: readonly string[] = ['answer', 'segment', 'attributes', 'outcome', 'rejection'];

/** Items by annotation id, in the order they were begun. */
export type Items = Readonly<Record<string, Item>>;

export const isMark = (item: Item): item is Mark => !NO_MARKS.includes(item.kind);

export const marksOf = (items: Items): Mark[] => Object.values(items).filter(isMark);

export const segmentsOf = (items: Items): Segment[] =>
  Object.values(items).filter((item): item is Segment => item.kind === 'segment');

export const answerOf = (items: Items): Answer | null =>
  Object.values(items).find((item): item is Answer => item.kind === 'answer') ?? null;

export const attributesOf = (items: Items, { scope, target }: Target): Attributes | null =>
  Object.values(items).find(
    (item): item is Attributes =>
      item.kind === 'attributes' && item.scope === scope && item.target === target,
  ) ?? null;

export const outcomeOf = (items: Items): Outcome | null =>
  Object.values(items).find((item): item is Outcome => item.kind === 'outcome') ?? null;

type Content =
  | AnswerContent
  | AttributesContent
  | MarkContent
  | OutcomeContent
  | RejectionContent
  | SegmentContent
  | SpaceMarkContent;

/** What is sent for an item; coordinates to 1/10,000 pixel, as the server keeps them. */
export function contentOf(item: Item): Content {
  if (item.kind === 'answer') return { label_keys: [...item.label_keys] };
  if (item.kind === 'attributes') {
    const { scope, target } = item;
    return { scope, target, values: sorted(item.values) };
  }
  if (item.kind === 'outcome') {
    const { exclusion, quality, note } = item;
    return { exclusion, quality, note };
  }
  if (item.kind === 'rejection') return { suggestion_id: item.of, is_rejected: item.is_rejected };
  const { label_key, sop_instance_uid, frame_number } = item;
  if (item.kind === 'segment')
    return { label_key, sop_instance_uid, frame_number, runs: [...item.runs] };
  if (item.inSpace) return spaceContent(item, item.inSpace);
  const points = item.points.map(([x, y]): [number, number] => [rounded(x), rounded(y)]);
  return { label_key, sop_instance_uid, frame_number, points };
}

function spaceContent(
  { label_key, sop_instance_uid, frame_number }: Mark,
  { frame_of_reference_uid, row_direction, column_direction, places }: InSpace,
): SpaceMarkContent {
  const vector = (of: readonly [number, number, number], round: (value: number) => number) =>
    of.map(round);
  return {
    label_key,
    sop_instance_uid,
    frame_number,
    frame_of_reference_uid,
    row_direction: vector(row_direction, roundedDirection),
    column_direction: vector(column_direction, roundedDirection),
    places: places.map((place) => vector(place, rounded)),
  };
}

/** In one order, so that equal answers are equal text. */
const sorted = (values: Values): AttributesContent['values'] =>
  Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Adding zero turns -0 into 0, as the server does. */
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000 + 0;

const roundedDirection = (value: number): number => Math.round(value * 1e6) / 1e6 + 0;

const isAnswer = (kind: AnnotationKind, content: object): content is AnswerContent =>
  kind === 'answer' && 'label_keys' in content;

const isSegment = (content: object): content is SegmentContent => 'runs' in content;

const isInSpace = (content: object): content is SpaceMarkContent => 'places' in content;

const isOutcome = (content: object): content is OutcomeContent => 'exclusion' in content;

const isRejection = (content: object): content is RejectionContent => 'is_rejected' in content;

const isAttributes = (content: object): content is AttributesContent => 'values' in content;

/** An annotation of the server as an item; null when its newest revision deletes it. */
export function itemOf({ id, kind, revision }: Annotation): Item | null {
  const { content, is_deleted } = revision;
  if (is_deleted) return null;
  if (isAnswer(kind, content)) return { id, kind: 'answer', label_keys: content.label_keys };
  if (kind === 'outcome')
    return isOutcome(content) ? { id, kind, ...content, note: content.note ?? '' } : null;
  if (kind === 'attributes') return isAttributes(content) ? { id, kind, ...content } : null;
  if (kind === 'rejection')
    return isRejection(content)
      ? { id, kind, of: content.suggestion_id, is_rejected: content.is_rejected }
      : null;
  if (kind === 'segment') return isSegment(content) ? { id, kind, ...content } : null;
  if (kind === 'answer') return null;
  if (isInSpace(content)) return spaceMarkOf(id, kind, content);
  if (!('points' in content)) return null;
  const { label_key, sop_instance_uid, frame_number } = content;
  const points = content.points.map(([x = 0, y = 0]) => imagePoint(x, y));
  return { id, kind, label_key, sop_instance_uid, frame_number, points };
}

function spaceMarkOf(id: string, kind: MarkKind, content: SpaceMarkContent): Mark {
  const { label_key, sop_instance_uid, frame_number, frame_of_reference_uid } = content;
  const vector = ([x = 0, y = 0, z = 0]: readonly number[]) => patientPoint(x, y, z);
  const inSpace: InSpace = {
    frame_of_reference_uid,
    row_direction: vector(content.row_direction),
    column_direction: vector(content.column_direction),
    places: content.places.map(vector),
  };
  return { id, kind, label_key, sop_instance_uid, frame_number, points: [], inSpace };
}

const texts = new WeakMap<Item, string>();

/** The state of one annotation as text: equal text, nothing to save. */
export function stateText(item: Item | null): string {
  if (item === null) return 'deleted';
  // Items never change, and the mask of a whole slice is long: written once.
  const known = texts.get(item) ?? JSON.stringify(contentOf(item));
  texts.set(item, known);
  return known;
}
