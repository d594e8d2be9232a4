/** Commands that say something about the case, and those that move from case to case. */
import type { Label, LabelKind, LabelSchema } from '../../api/projects';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Mark, MarkKind } from '../../viewer/marks';
import { isSegmentTool } from '../../viewer/prompts';
import { MARK_KINDS, SHAPES } from '../../viewer/shapes';
import { kindMadeBy } from '../../viewer/Viewport';
import { t } from '../../words/t';
import { nextHeatMethod } from './heatMethods';
import { marksOf } from './items';
import { useReading } from './store';
import type { UnitAccept } from './unitSuggestion';

const ANSWER = t('Answer');
const MARKS = t('Marks');
const CASE = t('Case');

const newId = () => crypto.randomUUID();

const isEditable = () => !useReading.getState().isReadOnly;

/** The key of each mark tool; only those are offered for which the project has a label. */
const TOOL_KEYS: Readonly<Record<MarkKind, string>> = {
  point: 'j',
  length: 'l',
  bidirectional: 'u',
  angle: 'shift+a',
  cobb: 'shift+k',
  box: 'b',
  circle: 'shift+c',
  ellipse: 'shift+e',
  polygon: 'g',
  freehand: 'shift+f',
  spline: 'shift+g',
  polyline: 'shift+j',
};

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const labelsOf = (schema: LabelSchema, kind: Label['kind']): Label[] =>
  schema.labels
    .filter((label) => label.kind === kind)
    .sort((one, other) => one.position - other.position);

/** What pressing a label does: a class is answered, a mark label takes up its tool. */
export function labelCommands(schema: LabelSchema): Command[] {
  return schema.labels
    .filter((label) => label.kind !== 'class' || schema.answer_mode !== 'none')
    .map((label) => ({
      id: `label.${label.key}`,
      title: label.kind === 'class' ? label.name : t('Mark: {name}', { name: label.name }),
      section: label.kind === 'class' ? ANSWER : MARKS,
      ...(label.hotkey ? { shortcut: label.hotkey } : {}),
      isEnabled: isEditable,
      run: () => pressLabel(schema, label),
    }));
}

function pressLabel(schema: LabelSchema, { key, kind }: Label): void {
  const { chooseClass, use, tool, selectedId, items, relabel } = useReading.getState();
  if (kind === 'class') {
    chooseClass(key, schema.answer_mode === 'multi' ? 'multi' : 'single', newId);
    return;
  }
  if (kind === 'segment') {
    use(isSegmentTool(tool) ? tool : 'brush', key);
    return;
  }
  const selected = selectedId ? items[selectedId] : undefined;
  if (selectedId && selected?.kind === kind && selected.label_key !== key) relabel(selectedId, key);
  use(kindMadeBy(tool) === kind ? tool : kind, key);
}

/** The label the next mark of a kind gets: the one last used, else the first of that kind. */
export function activeLabel(
  schema: LabelSchema,
  kind: LabelKind,
  labelFor: Readonly<Partial<Record<LabelKind, string>>>,
): Label | undefined {
  const labels = labelsOf(schema, kind);
  return labels.find(({ key }) => key === labelFor[kind]) ?? labels[0];
}

export function markCommands(schema: LabelSchema): Command[] {
  const tools = MARK_KINDS.filter((kind) => labelsOf(schema, kind).length > 0).map(
    (kind): Command => ({
      id: `tool.${kind}`,
      title: sentence(SHAPES[kind].name),
      section: MARKS,
      shortcut: TOOL_KEYS[kind],
      isEnabled: isEditable,
      run: () => useReading.getState().use(kind),
    }),
  );
  const livewire: Command = {
    id: 'tool.livewire',
    title: t('Outline along edges (livewire)'),
    section: MARKS,
    shortcut: 'alt+w',
    isEnabled: isEditable,
    run: () => useReading.getState().use('livewire'),
  };
  const hasSelection = () => isEditable() && useReading.getState().selectedId !== null;
  return [
    ...tools,
    ...(labelsOf(schema, 'polygon').length > 0 ? [livewire] : []),
    mark('remove', t('Delete the selected mark'), ['delete', 'backspace'], hasSelection, () => {
      const { selectedId, remove } = useReading.getState();
      if (selectedId) remove(selectedId);
    }),
    mark('next', t('Select the next mark'), '.', hasMarks, () => selectBy(1)),
    mark('previous', t('Select the previous mark'), ',', hasMarks, () => selectBy(-1)),
    mark('leave', t('Put the tool down'), 'escape', undefined, () => {
      useReading.getState().select(null);
      useReading.getState().use('window');
    }),
    mark('undo', t('Undo'), 'mod+z', canUndo, () => useReading.getState().undo()),
    mark('redo', t('Redo'), ['mod+shift+z', 'mod+y'], canRedo, () => useReading.getState().redo()),
  ];
}

const mark = (
  id: string,
  title: string,
  shortcut: string | readonly string[],
  isEnabled: (() => boolean) | undefined,
  run: () => void,
): Command => ({
  id: `mark.${id}`,
  title,
  section: MARKS,
  shortcut,
  ...(isEnabled ? { isEnabled } : {}),
  run,
});

const hasMarks = () => marksOf(useReading.getState().items).length > 0;
const canUndo = () => isEditable() && useReading.getState().log.done.length > 0;
const canRedo = () => isEditable() && useReading.getState().log.undone.length > 0;

function selectBy(by: number): void {
  const { items, selectedId, select } = useReading.getState();
  const marks: Mark[] = marksOf(items);
  const at = marks.findIndex(({ id }) => id === selectedId);
  const next =
    marks[(at < 0 ? (by > 0 ? 0 : marks.length - 1) : at + by + marks.length) % marks.length];
  if (next) select(next.id);
}

export interface CaseActions {
  readonly submit: () => void;
  readonly openSkip: () => void;
  /** Begins a question that sets the case aside until it is answered. */
  readonly openIssue: () => void;
  /** Null where the project leaves no case out. */
  readonly openExclude: (() => void) | null;
  readonly back: () => void;
  /** Null where the case is not this reader's to take back. */
  readonly correct: (() => void) | null;
  readonly close: () => void;
  readonly isReadOnly: boolean;
}

export function flowCommands(
  reading: ReadingCase,
  actions: CaseActions,
  unit: UnitAccept,
): Command[] {
  const { suggestion } = reading;
  const hasSuggestion = () => suggestion !== null && useReading.getState().isAiOn;
  const hasUnits = () => reading.unit_suggestions.length > 0 && useReading.getState().isAiOn;
  const canAccept = () => (suggestion ? suggestion.label_key !== null : unit.can());
  const command = (id: string, title: string, shortcut: string, run: () => void): Command => ({
    id: `case.${id}`,
    title,
    section: CASE,
    shortcut,
    run,
  });
  const { arrange, accept } = useReading.getState();
  return [
    {
      ...command('submit', submitTitle(reading, actions), 'enter', actions.submit),
      isOncePerPress: true,
    },
    { ...command('skip', t('Skip with a reason'), 'k', actions.openSkip), isEnabled: isEditable },
    {
      ...command(
        'issue',
        t('Raise an issue: ask, and get the case back'),
        'alt+q',
        actions.openIssue,
      ),
      isEnabled: isEditable,
    },
    {
      ...command('exclude', t('Exclude the case with a reason'), 'alt+k', () =>
        actions.openExclude?.(),
      ),
      isEnabled: () => isEditable() && actions.openExclude !== null,
    },
    {
      ...command('correct', t('Take the read back and correct it'), 'shift+backspace', () =>
        actions.correct?.(),
      ),
      isEnabled: () => actions.correct !== null,
    },
    command('back', t('Back to the last case'), 'shift+enter', actions.back),
    command('close', t('Close the reading room'), 'shift+q', actions.close),
    command('ai', t('Suggestion on or off'), 'a', () =>
      arrange({ isAiOn: !useReading.getState().isAiOn }),
    ),
    {
      ...command('accept', t('Accept the suggestion'), 'y', () => {
        if (suggestion?.label_key) accept(suggestion.label_key, suggestion.id, newId);
        else unit.accept();
      }),
      isEnabled: () => isEditable() && useReading.getState().isAiOn && canAccept(),
    },
    {
      ...command('heat', t('Show where the model looked'), 'e', () =>
        arrange({ isHeatShown: !useReading.getState().isHeatShown }),
      ),
      // A model that draws shows where it looked by what it draws.
      isEnabled: () =>
        (hasSuggestion() && reading.label_schema.answer_mode !== 'none') || hasUnits(),
    },
    {
      ...command('heatMethod', t('Heat map made in another way'), 'alt+a', () =>
        arrange({ heatMethod: nextHeatMethod(useReading.getState().heatMethod) }),
      ),
      isEnabled: () => (hasSuggestion() || hasUnits()) && useReading.getState().isHeatShown,
    },
  ];
}

const submitTitle = ({ stage }: ReadingCase, { isReadOnly }: CaseActions): string => {
  if (isReadOnly) return t('Go on');
  return stage === 'first' ? t('Lock the first read, show the suggestion') : t('Submit and next');
};
