/** Editing state of the case on screen: tool, label, selection, work and its log. */
import { create } from 'zustand';
import { millimetres } from '../../geometry/units';
import type { Mark } from '../../viewer/marks';
import { isSegmentTool } from '../../viewer/prompts';
import { kindMadeBy } from '../../viewer/Viewport';
import {
  type Answer,
  type Attributes,
  answerOf,
  attributesOf,
  type Item,
  isMark,
  type Outcome,
  outcomeOf,
  type Segment,
} from './items';
import { EMPTY_LOG, perform, redo, type Step, undo } from './log';
import { NO_OUTCOME, QUALITY, qualityOf } from './outcome';
import { noLongerRejected, toggled } from './rejected';
import type { Arrangement, Asking, Editing, ReadingStore } from './storeTypes';
import { noteUnseen, unseenAmong, unseenBut } from './unseen';

export type { Arrangement, Asking, Editing, ReadingStore };

const FRESH: Editing = {
  items: {},
  log: EMPTY_LOG,
  isReadOnly: false,
  tool: 'window',
  labelFor: {},
  selectedId: null,
  hiddenIds: new Set(),
  unseenIds: new Set(),
  asking: null,
};

const ARRANGEMENT: Arrangement = {
  areMarksHeldHidden: false,
  segmentFill: 0.35,
  paint: { radius: millimetres(5), isBall: false, range: null, protectsOthers: false },
  otherSegment: null,
  margin: 1,
  smoothing: 3,
  isTextShown: true,
  isAiOn: true,
  isHeatShown: false,
  heatMethod: 'hirescam',
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
    const taken = noLongerRejected(items, drawn[0]?.suggestion_id);
    if (changes.length > 0) step({ changes: [...changes, ...taken], title });
  };
  const answer = (label_keys: string[], newId: () => string, suggestion_id?: string) => {
    // Taken back to an empty answer, never to none: the next one is the same annotation.
    const none: Answer = { id: newId(), kind: 'answer', label_keys: [] };
    const before = answerOf(get().items) ?? none;
    const after: Answer = { id: before.id, kind: 'answer', label_keys };
    const said = suggestion_id ? { ...after, suggestion_id } : after;
    const taken = noLongerRejected(get().items, suggestion_id);
    step({ changes: [{ id: before.id, before, after: said }, ...taken], title: 'answer' }); // not shown
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
      const unseenIds = unseenAmong(Object.keys(items));
      set({ ...FRESH, items, isReadOnly, tool, labelFor, unseenIds });
    },
    replace(items) {
      set({ items, log: EMPTY_LOG });
      dropLostSelection();
    },
    arrange: (next) => set(next),
    use(tool, labelKey) {
      const { labelFor } = get();
      const kind = isSegmentTool(tool) ? 'segment' : (kindMadeBy(tool) ?? tool);
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
    toggleRejected: (suggestionId, newId) =>
      step({ changes: [toggled(get().items, suggestionId, newId)], title: 'reject' }), // not shown
    answerNothing: (newId) => answer([], newId),
    answerAttribute({ scope, target, attribute }, value, { newId, isTyped = false, suggestionId }) {
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
      const { suggestion_id: _accepted, ...kept } = before;
      const after = { ...kept, values, ...(suggestionId ? { suggestion_id: suggestionId } : {}) };
      const title = isTyped ? `type ${scope}/${target}/${attribute}` : 'attribute'; // not shown
      const { items, log, isReadOnly } = get();
      const typing = isTyped && log.done.at(-1)?.title === title ? log.done.at(-1) : undefined;
      const done = typing ? log.done.slice(0, -1) : log.done;
      const first = typing?.changes[0]?.before ?? before;
      const taken = noLongerRejected(items, suggestionId);
      const changes = [{ id: before.id, before: first, after }, ...taken];
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
    edit: (id, points, places) =>
      changeMark(id, 'move', (mark) =>
        mark.inSpace && places
          ? { ...mark, inSpace: { ...mark.inSpace, places } }
          : { ...mark, points },
      ),
    relabel: (id, label_key) => changeMark(id, 'label', (mark) => ({ ...mark, label_key })),
    paintSegments(segments, title) {
      drawAll(segments, title);
    },
    takeOver(drawn) {
      drawAll(drawn, 'take the suggestion over'); // not shown
    },
    fillSegments(segments, title) {
      get().paintSegments(segments, title);
      const ids = segments.map(({ id }) => id);
      noteUnseen(ids);
      set({ unseenIds: new Set([...get().unseenIds, ...ids]) });
    },
    see(frame) {
      const unseenIds = unseenBut(frame, get().items, get().unseenIds);
      if (unseenIds.size < get().unseenIds.size) set({ unseenIds });
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
