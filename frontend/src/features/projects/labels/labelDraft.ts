/** A label schema while it is being designed; pure, so that every rule can be tested. */
import type { AnswerMode, Label, LabelIn, LabelKind, LabelSchema } from '../../../api/projects';
import { nextColour } from '../../../ui/labelColours';
import { t } from '../../../words/t';
import {
  type AttributeDraft,
  attributeFlaws,
  type ChoiceDraft,
  type Flaw,
  fromAttribute,
  haveKeys,
  keyFrom,
  toAttribute,
} from './attributeDraft';

export interface LabelDraft {
  /** Tells rows apart while names change; never sent. */
  row: string;
  /** Null until the server has made one from the name. */
  key: string | null;
  name: string;
  kind: LabelKind;
  colour: string;
  hotkey: string;
  codeValue: string;
  codeMeaning: string;
}

export interface SchemaDraft {
  question: string;
  answerMode: AnswerMode;
  labels: LabelDraft[];
  attributes: AttributeDraft[];
  exclusionReasons: readonly ChoiceDraft[];
  qualityVerdict: LabelSchema['quality_verdict'];
}

export const KINDS: { value: LabelKind; label: string }[] = [
  { value: 'class', label: t('Class') },
  { value: 'point', label: t('Point') },
  { value: 'length', label: t('Length') },
  { value: 'bidirectional', label: t('Bidirectional') },
  { value: 'angle', label: t('Angle') },
  { value: 'cobb', label: t('Cobb angle') },
  { value: 'box', label: t('Box') },
  { value: 'circle', label: t('Circle') },
  { value: 'ellipse', label: t('Ellipse') },
  { value: 'polygon', label: t('Outline') },
  { value: 'freehand', label: t('Freehand') },
  { value: 'spline', label: t('Spline') },
  { value: 'polyline', label: t('Line') },
  { value: 'segment', label: t('Segment') },
];

export const MODES: { value: AnswerMode; label: string }[] = [
  { value: 'single', label: t('One class per case') },
  { value: 'multi', label: t('Any number of classes') },
  { value: 'none', label: t('No question, marks only') },
];

const USUAL_REASONS = [
  t('Image quality too poor'),
  t('Wrong body part or view'),
  t('Duplicate of another'),
];

export const QUALITY_RULES: { value: SchemaDraft['qualityVerdict']; label: string }[] = [
  { value: 'none', label: t('Not asked') },
  { value: 'optional', label: t('Asked') },
  { value: 'required', label: t('Required') },
];

export function emptyDraft(): SchemaDraft {
  return {
    question: t('What does this image show?'),
    answerMode: 'single',
    labels: [],
    attributes: [],
    exclusionReasons: USUAL_REASONS.map((name) => ({ key: null, name })),
    qualityVerdict: 'none',
  };
}

function fromLabel(label: Label): LabelDraft {
  return {
    row: label.id,
    key: label.key,
    name: label.name,
    kind: label.kind,
    colour: label.colour,
    hotkey: label.hotkey ?? '',
    codeValue: label.code_value ?? '',
    codeMeaning: label.code_meaning ?? '',
  };
}

export function draftFrom(schema: LabelSchema): SchemaDraft {
  const labels = [...schema.labels].sort((one, other) => one.position - other.position);
  return {
    question: schema.question,
    answerMode: schema.answer_mode,
    labels: labels.map(fromLabel),
    attributes: schema.attributes.map((one) => fromAttribute(one, schema)),
    exclusionReasons: schema.exclusion_reasons,
    qualityVerdict: schema.quality_verdict,
  };
}

const HOTKEYS = '1234567890';

/** The first digit no label has, for classes; marks get none. */
function nextHotkey(labels: readonly LabelDraft[], kind: LabelKind): string {
  if (kind !== 'class') return '';
  const taken = new Set(labels.map((label) => label.hotkey));
  return [...HOTKEYS].find((digit) => !taken.has(digit)) ?? '';
}

export function addLabel(draft: SchemaDraft, kind: LabelKind, row: string): SchemaDraft {
  const label: LabelDraft = {
    row,
    key: null,
    name: '',
    kind,
    colour: nextColour(draft.labels.map((one) => one.colour)),
    hotkey: nextHotkey(draft.labels, kind),
    codeValue: '',
    codeMeaning: '',
  };
  return { ...draft, labels: [...draft.labels, label] };
}

export function changeLabel(
  draft: SchemaDraft,
  row: string,
  change: Partial<LabelDraft>,
): SchemaDraft {
  const labels = draft.labels.map((label) => (label.row === row ? { ...label, ...change } : label));
  return { ...draft, labels };
}

export function removeLabel(draft: SchemaDraft, row: string): SchemaDraft {
  return {
    ...draft,
    labels: draft.labels.filter((label) => label.row !== row),
    attributes: draft.attributes.map((one) => ({
      ...one,
      labelRows: one.labelRows.filter((other) => other !== row),
    })),
  };
}

/** Moves a label so that it stands at `index`; out of range stops at the ends. */
export function moveLabel(draft: SchemaDraft, row: string, index: number): SchemaDraft {
  const moving = draft.labels.find((label) => label.row === row);
  if (!moving) return draft;
  const others = draft.labels.filter((label) => label.row !== row);
  const place = Math.min(others.length, Math.max(0, index));
  return { ...draft, labels: [...others.slice(0, place), moving, ...others.slice(place)] };
}

/** Rows whose hotkey another row has too. */
export function hotkeyConflicts(labels: readonly LabelDraft[]): Set<string> {
  const rows = labels.filter((label) =>
    labels.some((other) => other !== label && label.hotkey !== '' && other.hotkey === label.hotkey),
  );
  return new Set(rows.map((label) => label.row));
}

export function findFlaws(draft: SchemaDraft): Flaw[] {
  const flaws: Flaw[] = [];
  const conflicts = hotkeyConflicts(draft.labels);
  const names = draft.labels.map((label) => label.name.trim().toLowerCase());
  draft.labels.forEach((label, index) => {
    const flaw = (text: string) => flaws.push({ row: label.row, text });
    const name = names[index] ?? '';
    if (!/[a-z0-9]/.test(name)) flaw(t('Give it a name with letters or digits'));
    else if (names.indexOf(name) !== index) flaw(t('Another label has this name'));
    if (conflicts.has(label.row))
      flaw(t('Another label has the key {hotkey}', { hotkey: label.hotkey.toUpperCase() }));
    if ((label.codeValue.trim() === '') !== (label.codeMeaning.trim() === '')) {
      flaw(t('A code needs its value and its meaning'));
    }
  });
  const classCount = draft.labels.filter((label) => label.kind === 'class').length;
  const wanted = { single: 2, multi: 1, none: 0 }[draft.answerMode];
  if (draft.labels.length === 0) flaws.push({ row: null, text: t('Add at least one label') });
  else if (classCount < wanted) {
    flaws.push({ row: null, text: t('The question needs {wanted} classes or more', { wanted }) });
  }
  if (!haveKeys(draft.exclusionReasons))
    flaws.push({
      row: null,
      text: t('Every reason for leaving a case out needs a name of its own'),
    });
  return [...flaws, ...attributeFlaws(draft.attributes)];
}

/** The key the server makes for a label, or the one it has. */
export const keyOf = ({ key, name }: Pick<LabelDraft, 'key' | 'name'>): string =>
  key ?? keyFrom(name);

/** What the server is sent. */
export function toRequest(draft: SchemaDraft) {
  const labels = draft.labels.map((label) => ({
    key: label.key,
    name: label.name.trim(),
    kind: label.kind,
    colour: label.colour,
    hotkey: label.hotkey || null,
    code_scheme: label.codeValue.trim() ? 'SCT' : null,
    code_value: label.codeValue.trim() || null,
    code_meaning: label.codeMeaning.trim() || null,
  })) satisfies LabelIn[];
  const keyOfLabel = new Map(draft.labels.map((label) => [label.row, keyOf(label)]));
  return {
    question: draft.question.trim(),
    answer_mode: draft.answerMode,
    labels,
    attributes: draft.attributes.map((one) => toAttribute(one, draft.attributes, keyOfLabel)),
    exclusion_reasons: draft.exclusionReasons.map(({ key, name }) => ({ key, name })),
    quality_verdict: draft.qualityVerdict,
  };
}
