/** Of what the heat map is: the suggestion for the study, or for the series or image on screen. */
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { ReadingCase } from '../../api/reading';
import type { Series } from '../../viewer/frames';
import { useLayout } from './layout';
import { likeliest } from './suggested';
import { suggestionAt, type UnitSuggestion } from './unitSuggestion';
import { placeIn } from './useGroups';
import type { HeatTarget } from './useHeatMap';

/** The likeliest choice. */
const likeliestOf = ({ probabilities }: UnitSuggestion): string | null =>
  Object.entries(probabilities).sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;

/** Which map stands for a suggestion: of what it leans to. */
export function heatTargetOf(said: UnitSuggestion | null): HeatTarget | null {
  const classKey = said && likeliestOf(said);
  return said && classKey ? { classKey, suggestionId: said.id } : null;
}

/** What the heat map is of: the study's suggestion, else that of what is on screen. */
export function useHeatTarget(
  reading: ReadingCase,
  series: readonly Series[],
  isShown: boolean,
): HeatTarget | null {
  const isOfUnit = isShown && reading.unit_suggestions.length > 0;
  const place = useLayout(useShallow((layout) => (isOfUnit ? placeIn(layout, series) : NOWHERE)));
  return useMemo(() => {
    if (isOfUnit) return heatTargetOf(suggestionAt(reading.unit_suggestions, place));
    const classKey = reading.suggestion ? likeliest(reading.suggestion) : null;
    return classKey ? { classKey, suggestionId: null } : null;
  }, [isOfUnit, reading, place]);
}

const NOWHERE: ReturnType<typeof placeIn> = { seriesUid: null, imageUid: null };
