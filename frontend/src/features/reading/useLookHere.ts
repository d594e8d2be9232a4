/** How unsure the model is on each slice: asked for where its suggestion is shown, and waited for. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { noteSignedOut } from '../../api/client';
import { problemFrom } from '../../api/problem';
import type { ReadingCase } from '../../api/reading';
import type { components } from '../../api/schema';
import type { Command } from '../../commands/registry';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import { showSlice } from './planes';
import { unitDoubts } from './unitSuggestion';

export type LookHere = components['schemas']['LookHere'];

/** How unsure the model is on one slice of the stack on screen, 0 to 1. */
export interface Doubt {
  readonly index: number;
  readonly uncertainty: number;
}

const POLL_MS = 1500;

/** What the model says of the slices, or null while it is being computed. Raises Problem. */
async function askForSlices(studyId: string): Promise<LookHere | null> {
  const address = `/api/studies/${encodeURIComponent(studyId)}/look-here`;
  const answer = await fetch(address, { credentials: 'same-origin' });
  noteSignedOut(answer.url || address, answer.status);
  if (answer.status === 202) return null;
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw problemFrom(answer.status, body);
  return body as LookHere;
}

/** The slices of a stack the model has looked at; none in a stack it has not. */
export function doubtsOn(
  frames: readonly Frame[],
  said: LookHere | null | undefined,
): readonly Doubt[] {
  const known = new Map(
    said?.slices.map((one) => [`${one.sop_instance_uid}/${one.frame_number}`, one.uncertainty]),
  );
  return frames.flatMap((frame, index) => {
    const uncertainty = known.get(`${frame.sop_instance_uid}/${frame.frame_number}`);
    return uncertainty === undefined ? [] : [{ index, uncertainty }];
  });
}

/** Where images are learned one by one, the doubt of each comes with the case. */
export function useLookHere(
  reading: ReadingCase,
  frames: readonly Frame[],
  isAiOn: boolean,
): readonly Doubt[] {
  const studyId = reading.study.id;
  const isOn = isAiOn && reading.suggestion !== null;
  const { data } = useQuery({
    queryKey: ['look-here', studyId],
    queryFn: () => askForSlices(studyId),
    enabled: isOn && frames.length > 1,
    refetchInterval: ({ state }) => (state.data === null ? POLL_MS : false),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return useMemo(() => {
    if (isOn) return doubtsOn(frames, data);
    return isAiOn ? unitDoubts(reading, frames) : [];
  }, [isOn, isAiOn, reading, frames, data]);
}

export function lookHereCommands(doubts: readonly Doubt[], frames: readonly Frame[]): Command[] {
  return [
    {
      id: 'image.lookHere',
      title: t('Go to the slice the model is least sure of'),
      section: t('Image'),
      shortcut: 'alt+u',
      isEnabled: () => doubts.length > 0,
      run: () => {
        const most = [...doubts].sort((one, other) => other.uncertainty - one.uncertainty)[0];
        if (most) showSlice(frames, most.index);
      },
    },
  ];
}
