/** Masks and boxes a model would draw: fetched with the case, taken over only by the reader. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, ask } from '../../api/client';
import type { DrawnSuggestion, ReadingCase, SuggestedFrame } from '../../api/reading';
import type { Command } from '../../commands/registry';
import { imagePoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import type { Mark } from '../../viewer/marks';
import { t } from '../../words/t';
import { labelsOf } from './caseCommands';
import { type Items, marksOf, type Segment, segmentsOf } from './items';
import { useReadout } from './readout';
import { useReading } from './store';

const NONE: readonly SuggestedFrame[] = [];

/** Commands that take over what a suggestion draws; none while it is loading or hidden. */
export function useSuggested(
  { read, suggestion, label_schema }: ReadingCase,
  frames: readonly Frame[],
): Command[] {
  const isAiOn = useReading((state) => state.isAiOn);
  const isDrawing = label_schema.answer_mode === 'none' && drawnLabels(label_schema) > 0;
  const { data } = useQuery({
    queryKey: ['suggestion', read.id, suggestion?.id],
    queryFn: async () =>
      (await ask<DrawnSuggestion | undefined>(
        api.GET('/api/reads/{read_id}/suggestion', { params: { path: { read_id: read.id } } }),
      )) ?? null,
    enabled: isDrawing && suggestion !== null && isAiOn,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const drawn = (isAiOn && data?.frames) || NONE;
  return useMemo(
    () => suggestedCommands(data?.id ?? null, drawn.filter(drawsSomething), frames),
    [data, drawn, frames],
  );
}

const drawnLabels = (schema: ReadingCase['label_schema']): number =>
  labelsOf(schema, 'segment').length + labelsOf(schema, 'box').length;

const drawsSomething = ({ segments, boxes }: SuggestedFrame): boolean =>
  segments.length + boxes.length > 0;

/**
 * What of these frames the reader does not have yet, as items of his own: a segment where none of
 * its label is painted on the frame, boxes where none of their label is drawn.
 */
export function takenFrom(
  items: Items,
  frames: readonly SuggestedFrame[],
  suggestion_id: string,
): (Segment | Mark)[] {
  return frames.flatMap(({ sop_instance_uid, frame_number, segments, boxes }) => {
    const isHere = (one: Segment | Mark) =>
      one.sop_instance_uid === sop_instance_uid && one.frame_number === frame_number;
    const own = segmentsOf(items).filter(isHere);
    const marked = new Set(
      marksOf(items)
        .filter((mark) => mark.kind === 'box' && isHere(mark))
        .map((mark) => mark.label_key),
    );
    const place = { sop_instance_uid, frame_number, suggestion_id };
    return [
      ...segments.flatMap(({ label_key, runs }): Segment[] => {
        const found = own.find((one) => one.label_key === label_key);
        if (found && found.runs.length > 0) return [];
        const id = found?.id ?? crypto.randomUUID();
        return [{ ...place, id, kind: 'segment', label_key, runs }];
      }),
      ...boxes
        .filter(({ label_key }) => !marked.has(label_key))
        .map(
          ({ label_key, points }): Mark => ({
            ...place,
            id: crypto.randomUUID(),
            kind: 'box',
            label_key,
            points: points.map(([x = 0, y = 0]) => imagePoint(x, y)),
          }),
        ),
    ];
  });
}

function suggestedCommands(
  suggestionId: string | null,
  suggested: readonly SuggestedFrame[],
  frames: readonly Frame[],
): Command[] {
  if (suggestionId === null || suggested.length === 0) return [];
  const here = () => {
    const shown = frames[useReadout.getState().view?.index ?? 0];
    return suggested.filter(
      (one) =>
        one.sop_instance_uid === shown?.sop_instance_uid && one.frame_number === shown.frame_number,
    );
  };
  const left = (of: readonly SuggestedFrame[]) =>
    takenFrom(useReading.getState().items, of, suggestionId);
  const command = (
    id: string,
    title: string,
    shortcut: string,
    of: () => readonly SuggestedFrame[],
  ): Command => ({
    id: `suggestion.${id}`,
    title,
    section: t('Suggestion'),
    shortcut,
    isEnabled: () => !useReading.getState().isReadOnly && left(of()).length > 0,
    run: () => useReading.getState().takeOver(left(of())),
  });
  return [
    command('here', t('Take over on this image'), 'alt+y', here),
    command('everywhere', t('Take over on every image'), 'alt+shift+y', () => suggested),
  ];
}

/** The class a suggestion leans to; null where it names none. */
export const likeliest = ({
  label_key,
  probabilities,
}: NonNullable<ReadingCase['suggestion']>): string | null =>
  label_key ??
  Object.entries(probabilities).sort((one, other) => other[1] - one[1])[0]?.[0] ??
  null;
