/** Attributes of a label schema while they are being designed; pure. */
import type {
  Attribute,
  AttributeIn,
  AttributeKind,
  AttributeScope,
  LabelSchema,
} from '../../../api/projects';
import { t } from '../../../words/t';

/** One thing that must be put right before saving; `row` is null when it is about the whole. */
export interface Flaw {
  row: string | null;
  text: string;
}

export interface ChoiceDraft {
  readonly key: string | null;
  readonly name: string;
}

export interface AttributeDraft {
  /** Tells attributes apart while names change; never sent. */
  readonly row: string;
  readonly key: string | null;
  readonly name: string;
  readonly kind: AttributeKind;
  readonly scope: AttributeScope;
  /** Rows of the labels it is asked of; none means all. */
  readonly labelRows: readonly string[];
  readonly choices: readonly ChoiceDraft[];
  readonly unit: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly isRequired: boolean;
  /** Row of an attribute above, and the keys of its answers. */
  readonly shownWhen: { readonly row: string; readonly anyOf: readonly string[] } | null;
}

export const ATTRIBUTE_KINDS: { value: AttributeKind; label: string }[] = [
  { value: 'single', label: t('One choice') },
  { value: 'multi', label: t('Several choices') },
  { value: 'yes_no', label: t('Yes or no') },
  { value: 'number', label: t('Number') },
  { value: 'text', label: t('Text') },
];

export const SCOPES: { value: AttributeScope; label: string }[] = [
  { value: 'study', label: t('Study') },
  { value: 'series', label: t('Every series') },
  { value: 'image', label: t('Every image') },
  { value: 'region', label: t('Every mark') },
];

/** As the server makes keys from names. */
export const keyFrom = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);

const keyOf = ({ key, name }: ChoiceDraft): string => key ?? keyFrom(name);

export const newAttribute = (row: string): AttributeDraft => ({
  row,
  key: null,
  name: '',
  kind: 'single',
  scope: 'study',
  labelRows: [],
  choices: [],
  unit: '',
  minimum: '',
  maximum: '',
  isRequired: false,
  shownWhen: null,
});

/** Rows are the keys: they do not change any more. */
export function fromAttribute(one: Attribute, schema: LabelSchema): AttributeDraft {
  return {
    row: `attribute:${one.key}`,
    key: one.key,
    name: one.name,
    kind: one.kind,
    scope: one.scope,
    labelRows: schema.labels.filter(({ key }) => one.label_keys.includes(key)).map(({ id }) => id),
    choices: one.choices,
    unit: one.unit,
    minimum: one.minimum === null ? '' : String(one.minimum),
    maximum: one.maximum === null ? '' : String(one.maximum),
    isRequired: one.is_required,
    shownWhen: one.shown_when && {
      row: `attribute:${one.shown_when.attribute}`,
      anyOf: one.shown_when.any_of,
    },
  };
}

export function toAttribute(
  one: AttributeDraft,
  all: readonly AttributeDraft[],
  keyOfLabel: ReadonlyMap<string, string>,
): AttributeIn {
  const other = all.find(({ row }) => row === one.shownWhen?.row);
  return {
    key: one.key,
    name: one.name.trim(),
    kind: one.kind,
    scope: one.scope,
    label_keys: one.labelRows.flatMap((row) => keyOfLabel.get(row) ?? []),
    choices: hasChoices(one) ? one.choices.map(({ key, name }) => ({ key, name })) : [],
    unit: one.unit.trim(),
    minimum: bound(one.minimum),
    maximum: bound(one.maximum),
    is_required: one.isRequired,
    shown_when:
      one.shownWhen && other ? { attribute: keyOf(other), any_of: [...one.shownWhen.anyOf] } : null,
  };
}

const bound = (text: string): number | null => (text.trim() === '' ? null : Number(text));

export const hasChoices = ({ kind }: Pick<AttributeDraft, 'kind'>): boolean =>
  kind === 'single' || kind === 'multi';

/** Keys and names of what an attribute can be answered with; none for a number or a text. */
export function answersOf(one: AttributeDraft): { value: string; label: string }[] {
  if (one.kind === 'yes_no')
    return [
      { value: 'yes', label: t('Yes') },
      { value: 'no', label: t('No') },
    ];
  return hasChoices(one)
    ? one.choices.map((choice) => ({ value: keyOf(choice), label: choice.name }))
    : [];
}

/** Attributes above this one that it may depend on. */
export const conditionsFor = (
  all: readonly AttributeDraft[],
  one: AttributeDraft,
): AttributeDraft[] =>
  all
    .slice(0, all.indexOf(one))
    .filter((other) => other.scope === one.scope && answersOf(other).length > 0);

/** The choices after their names were edited: a name that was there keeps its key. */
export const renamed = (choices: readonly ChoiceDraft[], names: readonly string[]): ChoiceDraft[] =>
  names.map((name) => choices.find((choice) => choice.name === name) ?? { key: null, name });

/** A changed attribute; what no longer fits its scope is dropped. */
export function changed(one: AttributeDraft, change: Partial<AttributeDraft>): AttributeDraft {
  const isMoved = change.scope !== undefined && change.scope !== one.scope;
  return { ...one, ...(isMoved ? { labelRows: [], shownWhen: null } : {}), ...change };
}

export function moved(all: readonly AttributeDraft[], row: string, by: number): AttributeDraft[] {
  const at = all.findIndex((one) => one.row === row);
  const to = at + by;
  const [moving, other] = [all[at], all[to]];
  if (!moving || !other) return [...all];
  return all.map((one, index) => (index === at ? other : index === to ? moving : one));
}

/** Whether every choice has a key, and one of its own. */
export function haveKeys(choices: readonly ChoiceDraft[]): boolean {
  const keys = choices.map(keyOf);
  return new Set(keys).size === keys.length && !keys.includes('');
}

export function attributeFlaws(all: readonly AttributeDraft[]): Flaw[] {
  const keys = all.map(keyOf);
  return all.flatMap((one, index) => {
    const texts: string[] = [];
    if (keys[index] === '') texts.push(t('Give it a name with letters or digits'));
    else if (keys.indexOf(keys[index] ?? '') !== index) texts.push(t('Another has this name'));
    const least = { single: 2, multi: 1 }[one.kind as string] ?? 0;
    if (one.choices.length < least) texts.push(t('It needs {least} choices or more', { least }));
    if (hasChoices(one) && !haveKeys(one.choices))
      texts.push(t('Every choice needs a name of its own'));
    texts.push(...rangeFlaws(one), ...conditionFlaws(all, one));
    return texts.map((text) => ({ row: one.row, text }));
  });
}

function rangeFlaws({ kind, minimum, maximum }: AttributeDraft): string[] {
  if (kind !== 'number') return [];
  const [low, high] = [bound(minimum), bound(maximum)];
  if ([low, high].some((value) => value !== null && !Number.isFinite(value)))
    return [t('The range is made of numbers')];
  return low !== null && high !== null && low > high ? [t('The range is upside down')] : [];
}

function conditionFlaws(all: readonly AttributeDraft[], one: AttributeDraft): string[] {
  if (!one.shownWhen) return [];
  const { row, anyOf } = one.shownWhen;
  const other = conditionsFor(all, one).find((above) => above.row === row);
  if (!other) return [t('What it depends on must stand above it')];
  const known = answersOf(other).map(({ value }) => value);
  if (anyOf.length === 0) return [t('Say which answers show it')];
  return anyOf.every((key) => known.includes(key))
    ? []
    : [t('It depends on an answer that is gone')];
}
