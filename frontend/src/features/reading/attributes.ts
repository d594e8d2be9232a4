/**
 * Which attributes are asked, what is still lacking, what counts: the server's rules
 * (`annotations/attributes.py`), held against them by a property test. Pure.
 */
import type { Attribute, AttributeScope } from '../../api/projects';
import type { AttributeValue } from '../../api/reading';

export type Values = Readonly<Record<string, AttributeValue>>;

/**
 * What is asked about: `target` is '' for the study, a Series or SOP Instance UID, a mark's id, or,
 * for a segment as a whole, its label key.
 */
export interface Target {
  readonly scope: AttributeScope;
  readonly target: string;
}

/** What a read says, as the rules see it; series and images in reading order. */
export interface Work {
  readonly class_keys: readonly string[];
  readonly series: readonly string[];
  readonly images: readonly string[];
  readonly regions: readonly { readonly target: string; readonly label_key: string }[];
  readonly valuesOf: (target: Target) => Values;
}

/** Why a read cannot be submitted. */
export interface Lack extends Target {
  readonly attribute: string;
  readonly why: 'missing' | 'below' | 'above';
}

const BLANK = /^[ \t\r\n\u00a0]*$/;

type Place = Target & { readonly labels: readonly string[] };

/** Everything that can be asked about, in the order it is asked. */
export function targetsOf(work: Work): Place[] {
  const uids = (scope: AttributeScope, all: readonly string[]): Place[] =>
    all.map((target) => ({ scope, target, labels: [] }));
  return [
    { scope: 'study', target: '', labels: work.class_keys },
    ...uids('series', work.series),
    ...uids('image', work.images),
    ...work.regions.map(
      ({ target, label_key }): Place => ({ scope: 'region', target, labels: [label_key] }),
    ),
  ];
}

/** The attributes asked of one target; a condition on what is not asked does not hold. */
export function asked(
  attributes: readonly Attribute[],
  scope: AttributeScope,
  labels: readonly string[],
  values: Values,
): Attribute[] {
  const found: Attribute[] = [];
  for (const attribute of attributes) {
    const { label_keys, shown_when: condition } = attribute;
    if (attribute.scope !== scope) continue;
    if (label_keys.length > 0 && !label_keys.some((key) => labels.includes(key))) continue;
    if (condition) {
      if (!found.some(({ key }) => key === condition.attribute)) continue;
      const said = [values[condition.attribute]].flat();
      if (!condition.any_of.some((key) => said.includes(key))) continue;
    }
    found.push(attribute);
  }
  return found;
}

export function isAnswered(value: AttributeValue | undefined): value is AttributeValue {
  if (typeof value === 'string') return !BLANK.test(value);
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** What has to be answered, or answered otherwise, before the read can be submitted. */
export function lacksOf(attributes: readonly Attribute[], work: Work): Lack[] {
  if (attributes.length === 0) return [];
  return targetsOf(work).flatMap(({ scope, target, labels }) => {
    const values = work.valuesOf({ scope, target });
    return asked(attributes, scope, labels, values).flatMap((attribute) => {
      const why = whyNot(attribute, values[attribute.key]);
      return why ? [{ scope, target, attribute: attribute.key, why }] : [];
    });
  });
}

export function whyNot(
  attribute: Attribute,
  value: AttributeValue | undefined,
): Lack['why'] | null {
  if (!isAnswered(value)) return attribute.is_required ? 'missing' : null;
  if (typeof value !== 'number') return null;
  if (attribute.minimum !== null && value < attribute.minimum) return 'below';
  if (attribute.maximum !== null && value > attribute.maximum) return 'above';
  return null;
}

/** The answers that count: only what is asked and answered. */
export function saidValues(
  attributes: readonly Attribute[],
  work: Work,
): (Target & { readonly values: Values })[] {
  return targetsOf(work).flatMap(({ scope, target, labels }) => {
    const all = work.valuesOf({ scope, target });
    const said = asked(attributes, scope, labels, all).flatMap(({ key }) => {
      const value = all[key];
      return isAnswered(value) ? [[key, value] as const] : [];
    });
    return said.length > 0 ? [{ scope, target, values: Object.fromEntries(said) }] : [];
  });
}

/** The value after pressing a choice: one of one, or one more or fewer of several. */
export function afterChoice(
  attribute: Attribute,
  value: AttributeValue | undefined,
  key: string,
): AttributeValue | undefined {
  if (attribute.kind !== 'multi') return value === key ? undefined : key;
  const now = Array.isArray(value) ? value : [];
  const next = attribute.choices
    .map((choice) => choice.key)
    .filter((one) => (one === key) !== now.includes(one));
  return next.length > 0 ? next : undefined;
}
