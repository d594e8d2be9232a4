/** The books of one case: the work as it is, what the server has of it, what is under way. */
import type { CommentPlace } from '../../api/comments';
import type { Problem } from '../../api/problem';
import type { Annotation, AnnotationKind, AnnotationSave } from '../../api/reading';
import { contentOf, type Item, type Items, itemOf, stateText } from './items';

/** What the server is known to have of one annotation. */
export interface Known {
  readonly kind: AnnotationKind;
  readonly revision_id: string;
  /** The state that revision holds, as `stateText` writes it. */
  readonly state: string;
}

/** A save that went out and whose answer has not come: it is repeated word for word. */
export interface PendingSave {
  readonly key: string;
  readonly body: AnnotationSave;
}

/** What the server has now, or why it did not take it. */
export type SaveAnswer = Annotation | Problem;

/** A submit that went out and whose answer has not come: repeated with the same key. */
export interface PendingSubmit {
  readonly key: string;
  readonly revision_ids: string[];
  readonly active_ms: number;
  readonly fence: number;
}

/** A submit the reader asked for; it goes out once the server has every change. */
export interface WantedSubmit {
  readonly sent: PendingSubmit | null;
  /** It locks the first read of a staged one, and the case stays on the table. */
  readonly isLock?: boolean;
  /** It asks a question, and the case waits for the answer. */
  readonly issue?: Question;
}

/** A question about the case as it is asked; its id is that of its comment. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly place: CommentPlace | null;
}

export interface Draft {
  readonly items: Items;
  readonly known: Readonly<Record<string, Known>>;
  readonly pending: Readonly<Record<string, PendingSave>>;
  readonly submit: WantedSubmit | null;
}

/** What must be known to go on with a case that is not on screen: whose turn, and where. */
export interface Whereabouts {
  readonly project_id: string;
  readonly fence: number;
  readonly active_ms: number;
}

/** The books as they lie in the browser's database. */
export interface KeptDraft extends Draft {
  readonly at: Whereabouts;
}

const DELETED = stateText(null);

export function without<Value>(record: Readonly<Record<string, Value>>, id: string) {
  const { [id]: _gone, ...rest } = record;
  return rest;
}

/** The books of a case as the server has it. */
export function draftOf(annotations: readonly Annotation[]): Draft {
  const items: Record<string, Item> = {};
  const known: Record<string, Known> = {};
  for (const annotation of annotations) {
    const item = itemOf(annotation);
    const { id, kind, revision } = annotation;
    if (item) items[id] = item;
    known[id] = { kind, revision_id: revision.id, state: stateText(item) };
  }
  return { items, known, pending: {}, submit: null };
}

/** Annotations the server does not have as they are now, the longest waiting first. */
export function owed({ items, known, pending }: Draft): string[] {
  const ids = new Set([...Object.keys(pending), ...Object.keys(known), ...Object.keys(items)]);
  const isOwed = (id: string) =>
    pending[id] !== undefined || stateText(items[id] ?? null) !== (known[id]?.state ?? DELETED);
  return [...ids].filter(isOwed);
}

/** Annotations that go into one request: the longest waiting ones. */
const MOST_AT_ONCE = 100;

/** Numbers that masks of one request may have in all; some 300 kB as JSON. */
const MOST_NUMBERS = 60_000;

const weightOf = (item: Item | undefined): number =>
  item && 'runs' in item ? item.runs.length : 1;

/** What is sent next: as much of what is owed as fits into one request, at least one. */
export function nextOwed(draft: Draft): string[] {
  let weight = 0;
  return owed(draft)
    .slice(0, MOST_AT_ONCE)
    .filter((id, at) => {
      weight += weightOf(draft.items[id]);
      return at === 0 || weight <= MOST_NUMBERS;
    });
}

/** True when the server still has to be told something. */
export const isOwing = (draft: Draft): boolean => draft.submit !== null || owed(draft).length > 0;

/**
 * The server's case with what this computer still owes put on top. The parents stay those the
 * work was made from, so that the server notices when someone else was faster.
 */
export function withLocal(server: Draft, local: Draft | null): Draft {
  if (!local) return server;
  return owed(local).reduce<Draft>(
    (draft, id) => {
      const [item, known, pending] = [local.items[id], local.known[id], local.pending[id]];
      return {
        items: item ? { ...draft.items, [id]: item } : without(draft.items, id),
        known: known ? { ...draft.known, [id]: known } : without(draft.known, id),
        pending: pending ? { ...draft.pending, [id]: pending } : draft.pending,
        submit: local.submit,
      };
    },
    { ...server, submit: local.submit },
  );
}

/** The request that brings the server up to date with one annotation. */
export function saveFor(
  { items, known }: Draft,
  id: string,
  sitting: { readonly fence: number; readonly active_ms: number },
): AnnotationSave {
  const item = items[id];
  const suggestionId = item && 'suggestion_id' in item ? item.suggestion_id : undefined;
  const promptsId = item?.kind === 'segment' ? item.prompt_session_id : undefined;
  return {
    annotation_id: id,
    kind: item?.kind ?? known[id]?.kind ?? 'answer',
    parent_id: known[id]?.revision_id ?? null,
    is_deleted: item === undefined,
    content: item ? contentOf(item) : { label_keys: [] },
    ...sitting,
    ...(suggestionId ? { suggestion_id: suggestionId } : {}),
    ...(promptsId ? { prompt_session_id: promptsId } : {}),
  };
}

/** The books after the server answered a save with the annotation it now has. */
export function afterSaved(draft: Draft, sent: AnnotationSave, answer: Annotation): Draft {
  const state = sent.is_deleted ? DELETED : JSON.stringify(sent.content);
  const known = { kind: sent.kind, revision_id: answer.revision.id, state };
  return {
    ...draft,
    known: { ...draft.known, [sent.annotation_id]: known },
    pending: without(draft.pending, sent.annotation_id),
  };
}

/** Ours on top of theirs: the same item, made from their revision. */
export function keepingMine(draft: Draft, id: string, theirs: Annotation): Draft {
  const mine = draft.items[id];
  const items = without(draft.items, id);
  const base = draftOf([theirs]).known;
  return {
    ...draft,
    // Two windows may have begun the one answer under two ids: the server's id stays.
    items: mine ? { ...items, [theirs.id]: { ...mine, id: theirs.id } } : items,
    known: { ...without(draft.known, id), ...base },
    pending: without(draft.pending, id),
  };
}

/** Theirs instead of ours. */
export function takingTheirs(draft: Draft, id: string, theirs: Annotation | null): Draft {
  const base = draftOf(theirs ? [theirs] : []);
  return {
    ...draft,
    items: { ...without(draft.items, id), ...base.items },
    known: { ...without(draft.known, id), ...base.known },
    pending: without(draft.pending, id),
  };
}

/** The newest revisions of everything that is there, as a submit names them. */
export const revisionIds = ({ items, known }: Draft): string[] =>
  Object.keys(items).flatMap((id) => known[id]?.revision_id ?? []);

/** The request that submits these books. The same submit again keeps its key: it has one effect. */
export function submitFor(
  draft: Draft,
  sitting: { readonly fence: number; readonly active_ms: number },
  newKey: () => string,
): PendingSubmit {
  const revision_ids = revisionIds(draft).sort();
  const sent = draft.submit?.sent;
  const isSame = sent?.fence === sitting.fence && sent.revision_ids.join() === revision_ids.join();
  return sent && isSame ? sent : { key: newKey(), revision_ids, ...sitting };
}
