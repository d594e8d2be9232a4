/** What a model says of the series or image on screen, in projects that learn these one by one. */
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Attribute, LabelSchema } from '../../api/projects';
import type { AttributeValue, ReadingCase } from '../../api/reading';
import type { Frame, Series } from '../../viewer/frames';
import { attributesOf, type Items } from './items';
import { useLayout } from './layout';
import { type Asking, useReading } from './store';
import { gazeNow, placeIn } from './useGroups';

export type UnitSuggestion = ReadingCase['unit_suggestions'][number];

type Place = ReturnType<typeof placeIn>;

/** The suggestion for what is on screen; the model looks at no more than some images of a study. */
export const suggestionAt = (
  said: readonly UnitSuggestion[],
  { seriesUid, imageUid }: Place,
): UnitSuggestion | null =>
  said.find(({ scope, target }) => target === (scope === 'series' ? seriesUid : imageUid)) ?? null;

/** The same as it changes with scrolling. */
export function useSuggestionHere(
  { unit_suggestions: said }: ReadingCase,
  series: readonly Series[],
): UnitSuggestion | null {
  const place = useLayout(useShallow((layout) => placeIn(layout, series)));
  return useMemo(() => suggestionAt(said, place), [said, place]);
}

const askedBy = ({ scope, target, attribute }: UnitSuggestion): Asking => ({
  scope,
  target,
  attribute,
});

export const attributeOf = (schema: LabelSchema, said: UnitSuggestion): Attribute | undefined =>
  schema.attributes.find(({ key }) => key === said.attribute);

/** What accepting answers; undefined where the model leans to no choice. */
function leaningOf(schema: LabelSchema, said: UnitSuggestion): AttributeValue | undefined {
  if (said.keys.length === 0) return undefined;
  return attributeOf(schema, said)?.kind === 'multi' ? said.keys : said.keys[0];
}

export const isAcceptedUnit = (items: Items, said: UnitSuggestion): boolean =>
  attributesOf(items, said)?.suggestion_id === said.id;

/** Answer as the model does, as the reader's own revision that names the suggestion. */
export function acceptUnit(schema: LabelSchema, said: UnitSuggestion): void {
  useReading.getState().answerAttribute(askedBy(said), leaningOf(schema, said), {
    newId: () => crypto.randomUUID(),
    suggestionId: said.id,
  });
}

/** Accepting by the key: whether it can be done for what is on screen, and doing it. */
export interface UnitAccept {
  readonly can: () => boolean;
  readonly accept: () => void;
}

export function unitAccept(reading: ReadingCase, series: readonly Series[]): UnitAccept {
  const here = () => suggestionAt(reading.unit_suggestions, gazeNow(series));
  return {
    can: () => (here()?.keys.length ?? 0) > 0,
    accept: () => {
      const said = here();
      if (said && said.keys.length > 0) acceptUnit(reading.label_schema, said);
    },
  };
}

/** 0 (sure) to 1 (no idea): the entropy where one choice holds, the mean of each where several. */
export function uncertaintyOf(said: UnitSuggestion, isMulti: boolean): number {
  const shares = Object.values(said.probabilities);
  const part = (share: number) => (share > 0 ? -share * Math.log2(share) : 0);
  if (!isMulti) {
    const entropy = shares.reduce((sum, share) => sum + part(share), 0);
    return shares.length > 1 ? entropy / Math.log2(shares.length) : 0;
  }
  const own = shares.map((share) => part(share) + part(1 - share));
  return own.reduce((sum, one) => sum + one, 0) / Math.max(1, own.length);
}

/** How unsure the model is of the images of a stack it has looked at, at the first frame of each. */
export function unitDoubts(
  { unit_suggestions: said, label_schema: schema }: ReadingCase,
  frames: readonly Frame[],
): { index: number; uncertainty: number }[] {
  const known = new Map(said.map((one) => [one.target, one]));
  return frames.flatMap((frame, index) => {
    const one = known.get(frame.sop_instance_uid);
    if (one?.scope !== 'image' || frame.frame_number !== 1) return [];
    const isMulti = attributeOf(schema, one)?.kind === 'multi';
    return [{ index, uncertainty: uncertaintyOf(one, isMulti) }];
  });
}
