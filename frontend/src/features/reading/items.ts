/** What a reader has said about a case: one answer and any number of marks, by annotation id. */
import type { Annotation, AnnotationKind, AnswerContent, MarkContent } from '../../api/reading';
import { imagePoint } from '../../geometry/units';
import type { Mark } from '../../viewer/marks';

export interface Answer {
  readonly id: string;
  readonly kind: 'answer';
  readonly label_keys: readonly string[];
  /** The suggestion this answer was accepted from. */
  readonly suggestion_id?: string;
}

export type Item = Answer | Mark;

/** Items by annotation id, in the order they were begun. */
export type Items = Readonly<Record<string, Item>>;

export const marksOf = (items: Items): Mark[] =>
  Object.values(items).filter((item): item is Mark => item.kind !== 'answer');

export const answerOf = (items: Items): Answer | null =>
  Object.values(items).find((item): item is Answer => item.kind === 'answer') ?? null;

/** What is sent for an item; coordinates to 1/10,000 pixel, as the server keeps them. */
export function contentOf(item: Item): AnswerContent | MarkContent {
  if (item.kind === 'answer') return { label_keys: [...item.label_keys] };
  const { label_key, sop_instance_uid, frame_number } = item;
  const points = item.points.map(([x, y]): [number, number] => [rounded(x), rounded(y)]);
  return { label_key, sop_instance_uid, frame_number, points };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

const isAnswer = (kind: AnnotationKind, content: object): content is AnswerContent =>
  kind === 'answer' && 'label_keys' in content;

/** An annotation of the server as an item; null when its newest revision deletes it. */
export function itemOf({ id, kind, revision }: Annotation): Item | null {
  const { content, is_deleted } = revision;
  if (is_deleted) return null;
  if (isAnswer(kind, content)) return { id, kind: 'answer', label_keys: content.label_keys };
  if (kind === 'answer' || !('points' in content)) return null;
  const { label_key, sop_instance_uid, frame_number } = content;
  const points = content.points.map(([x = 0, y = 0]) => imagePoint(x, y));
  return { id, kind, label_key, sop_instance_uid, frame_number, points };
}

/** The state of one annotation as text: equal text, nothing to save. */
export const stateText = (item: Item | null): string =>
  item === null ? 'deleted' : JSON.stringify(contentOf(item));
