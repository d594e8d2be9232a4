/** Editing state of the case on screen: tool, label, selection, work and its log. */
import { create } from 'zustand';
import type { LabelKind } from '../../api/projects';
import type { AttributeValue, OutcomeContent } from '../../api/reading';
import { millimetres } from '../../geometry/units';
import type { Mark } from '../../viewer/marks';
import { isSegmentTool } from '../../viewer/prompts';
import type { PaintSettings } from '../../viewer/segments';
import type { ViewportTool } from '../../viewer/Viewport';
import type { Target } from './attributes';
import {
  type Answer,
  type Attributes,
  answerOf,
  attributesOf,
  type Item,
  type Items,
  isMark,
  type Outcome,
  outcomeOf,
  type Segment,
} from './items';
import { EMPTY_LOG, type Log, perform, redo, type Step, undo } from './log';
import { NO_OUTCOME, QUALITY, qualityOf } from './outcome';

export interface Editing {
  readonly items: Items;
  readonly log: Log;
  readonly isReadOnly: boolean;
  readonly tool: ViewportTool;
  /** Label of the next mark or stroke, by kind of label. */
  readonly labelFor: Readonly<Partial<Record<LabelKind, string>>>;
  readonly selectedId: string | null;
  readonly hiddenIds: ReadonlySet<string>;
  /** The attribute the digits answer now. */
  readonly asking: Asking | null;
}

export interface Asking extends Target {
  readonly attribute: string;
}

/** How the room is arranged; kept from case to case. */
export interface Arrangement {
  readonly areMarksHeldHidden: boolean;
  /** How far segments are filled, 0 to 1. */
  readonly segmentFill: number;
  readonly paint: PaintSettings;
  readonly isTextShown: boolean;
  readonly isAiOn: boolean;
  readonly isHeatShown: boolean;
  readonly areToolsShown: boolean;
  readonly isPanelShown: boolean;
  readonly isGuideShown: boolean;
  readonly areTagsShown: boolean;
}

interface Actions {
  open(items: Items, isReadOnly: boolean): void;
  /** Replaces the work from outside (a conflict was settled); the log no longer applies. */
  replace(items: Items): void;
  arrange(change: Partial<Arrangement>): void;
  use(tool: ViewportTool, labelKey?: string): void;
  setPaint(change: Partial<PaintSettings>): void;
  select(id: string | null): void;
  toggleHidden(id: string): void;
  chooseClass(labelKey: string, mode: 'single' | 'multi', newId: () => string): void;
  accept(labelKey: string, suggestionId: string, newId: () => string): void;
  /** "None of these", said outright. */
  answerNothing(newId: () => string): void;
  /**
   * Answers one attribute of a target, or takes the answer back (undefined). What is typed in one
   * go is one step.
   */
  answerAttribute(
    at: Asking,
    value: AttributeValue | undefined,
    how: { newId: () => string; isTyped?: boolean },
  ): void;
  setOutcome(change: Partial<OutcomeContent>, newId: () => string): void;
  ask(asking: Asking | null): void;
  draw(mark: Mark): void;
  edit(id: string, points: Mark['points']): void;
  relabel(id: string, labelKey: string): void;
  /** Segments on one or many frames as a brush left them; one step of the log. */
  paintSegments(segments: readonly Segment[], title: string): void;
  /** Segments and marks of a suggestion become the reader's own; one step of the log. */
  takeOver(drawn: readonly (Segment | Mark)[]): void;
  remove(id: string): void;
  undo(): void;
  redo(): void;
}

export type ReadingStore = Editing & Arrangement & Actions;

const FRESH: Editing = {
  items: {},
  log: EMPTY_LOG,
  isReadOnly: false,
  tool: 'window',
  labelFor: {},
  selectedId: null,
  hiddenIds: new Set(),
  asking: null,
};

const ARRANGEMENT: Arrangement = {
  areMarksHeldHidden: false,
  segmentFill: 0.35,
  paint: { radius: millimetres(5), isBall: false, range: null, protectsOthers: false },
  isTextShown: true,
  isAiOn: true,
  isHeatShown: false,
  areToolsShown: true,
  isPanelShown: true,
  isGuideShown: false,
  areTagsShown: false,
};

/** Keys after a press on one class: one of one, or one more or fewer of several. */
export function keysAfter(
  answer: Answer | null,
  labelKey: string,
  mode: 'single' | 'multi',
): string[] {
  const keys = answer?.label_keys ?? [];
  if (mode === 'multi')
    return keys.includes(labelKey) ? keys.filter((key) => key !== labelKey) : [...keys, labelKey];
  return keys.includes(labelKey) ? [] : [labelKey];
}

export const useReading = create<ReadingStore>()((set, get) => {
  const step = (made: Step) => {
    const { items, log, isReadOnly } = get();
    if (!isReadOnly) set(perform({ items, log }, made));
  };
  const change = (id: string, after: Item | null, title: string) =>
    step({ changes: [{ id, before: get().items[id] ?? null, after }], title });
  const changeMark = (id: string, title: string, make: (mark: Mark) => Mark) => {
    const item = get().items[id];
    if (item && isMark(item)) change(id, make(item), title);
  };
  const drawAll = (drawn: readonly (Segment | Mark)[], title: string) => {
    const { items } = get();
    // The first stroke is taken back to an empty segment, never to none: see Segment.
    const changes = drawn.map((after) => ({
      id: after.id,
      before: items[after.id] ?? (after.kind === 'segment' ? { ...after, runs: [] } : null),
      after,
    }));
    if (changes.length > 0) step({ changes, title });
  };
  const answer = (label_keys: string[], newId: () => string, suggestion_id?: string) => {
    // Taken back to an empty answer, never to none: the next one is the same annotation.
    const none: Answer = { id: newId(), kind: 'answer', label_keys: [] };
    const before = answerOf(get().items) ?? none;
    const after: Answer = { id: before.id, kind: 'answer', label_keys };
    const said = suggestion_id ? { ...after, suggestion_id } : after;
    step({ changes: [{ id: before.id, before, after: said }], title: 'answer' }); // not shown
  };
  const dropLostSelection = () => {
    const { selectedId, items } = get();
    if (selectedId && !items[selectedId]) set({ selectedId: null });
  };
  return {
    ...FRESH,
    ...ARRANGEMENT,
    open(items, isReadOnly) {
      const { tool, labelFor } = get();
      set({ ...FRESH, items, isReadOnly, tool, labelFor });
    },
    replace(items) {
      set({ items, log: EMPTY_LOG });
      dropLostSelection();
    },
    arrange: (next) => set(next),
    use(tool, labelKey) {
      const { labelFor } = get();
      const kind = isSegmentTool(tool) ? 'segment' : tool;
      set({ tool, labelFor: labelKey ? { ...labelFor, [kind]: labelKey } : labelFor });
    },
    setPaint: (change) => set({ paint: { ...get().paint, ...change } }),
    select: (selectedId) => set({ selectedId }),
    toggleHidden(id) {
      const hiddenIds = new Set(get().hiddenIds);
      if (!hiddenIds.delete(id)) hiddenIds.add(id);
      set({ hiddenIds });
    },
    chooseClass: (labelKey, mode, newId) =>
      answer(keysAfter(answerOf(get().items), labelKey, mode), newId),
    accept: (labelKey, suggestionId, newId) => answer([labelKey], newId, suggestionId),
    answerNothing: (newId) => answer([], newId),
    answerAttribute({ scope, target, attribute }, value, { newId, isTyped = false }) {
      if (attribute === QUALITY.key) {
        get().setOutcome({ quality: qualityOf(value) }, newId);
        return;
      }
      const known = attributesOf(get().items, { scope, target });
      const before: Attributes = known ?? {
        id: newId(),
        kind: 'attributes',
        scope,
        target,
        values: {},
      };
      const { [attribute]: _old, ...others } = before.values;
      const values = value === undefined ? others : { ...others, [attribute]: value };
      // Taken back to an empty item, never to none: see Attributes.
      const after = { ...before, values };
      const title = isTyped ? `type ${scope}/${target}/${attribute}` : 'attribute'; // not shown
      const { items, log, isReadOnly } = get();
      const typing = isTyped && log.done.at(-1)?.title === title ? log.done.at(-1) : undefined;
      const done = typing ? log.done.slice(0, -1) : log.done;
      const first = typing?.changes[0]?.before ?? before;
      const changes = [{ id: before.id, before: first, after }];
      if (!isReadOnly) set(perform({ items, log: { ...log, done } }, { changes, title }));
    },
    setOutcome(change, newId) {
      const before = outcomeOf(get().items) ?? { ...NO_OUTCOME, id: newId() };
      const after: Outcome = { ...before, ...change };
      step({ changes: [{ id: before.id, before, after }], title: 'outcome' }); // not shown
    },
    ask: (asking) => set({ asking }),
    draw(mark) {
      change(mark.id, mark, mark.kind);
      if (!get().isReadOnly) set({ selectedId: mark.id });
    },
    edit: (id, points) => changeMark(id, 'move', (mark) => ({ ...mark, points })),
    relabel: (id, label_key) => changeMark(id, 'label', (mark) => ({ ...mark, label_key })),
    paintSegments(segments, title) {
      drawAll(segments, title);
    },
    takeOver(drawn) {
      drawAll(drawn, 'take the suggestion over'); // not shown
    },
    remove(id) {
      if (get().items[id]) change(id, null, 'delete');
      dropLostSelection();
    },
    undo() {
      if (!get().isReadOnly) set(undo(get()));
      dropLostSelection();
    },
    redo() {
      if (!get().isReadOnly) set(redo(get()));
      dropLostSelection();
    },
  };
});
