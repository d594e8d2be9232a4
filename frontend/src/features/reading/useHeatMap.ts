/** Where the model looked: asked for when wanted, waited for while it is computed. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { noteSignedOut } from '../../api/client';
import { problemFrom } from '../../api/problem';
import type { HeatMethod } from './heatMethods';

export interface HeatMapImage {
  readonly blob: Blob;
  readonly sop_instance_uid: string;
  readonly frame_number: number;
}

/** The class a map is of; `suggestionId` where it is of one series or image. */
export interface HeatTarget {
  readonly classKey: string;
  readonly suggestionId: string | null;
}

export const askedOf = ({ classKey, suggestionId }: HeatTarget, method: HeatMethod) =>
  new URLSearchParams({
    class_key: classKey,
    method,
    ...(suggestionId ? { suggestion_id: suggestionId } : {}),
  });

/** How often the server is asked while the map is being computed. */
const POLL_MS = 1500;

/** The map, or null while it is being computed. Raises Problem. */
async function askForMap(
  studyId: string,
  target: HeatTarget,
  method: HeatMethod,
): Promise<HeatMapImage | null> {
  const address = `/api/studies/${encodeURIComponent(studyId)}/explanation?${askedOf(target, method)}`;
  const answer = await fetch(address, { credentials: 'same-origin' });
  noteSignedOut(answer.url || address, answer.status);
  if (answer.status === 202) return null;
  if (!answer.ok) throw problemFrom(answer.status, await answer.json().catch(() => null));
  return {
    blob: await answer.blob(),
    sop_instance_uid: answer.headers.get('X-Sop-Instance-Uid') ?? '',
    frame_number: Number(answer.headers.get('X-Frame-Number') ?? 1),
  };
}

export interface HeatMapState {
  readonly url: string | null;
  readonly image: HeatMapImage | null;
  readonly isWaiting: boolean;
  readonly hasFailed: boolean;
}

export function useHeatMap(
  studyId: string,
  target: HeatTarget | null,
  method: HeatMethod,
  isOn: boolean,
): HeatMapState {
  const { data, isError, isPending } = useQuery({
    queryKey: ['explanation', studyId, target?.classKey, target?.suggestionId, method],
    queryFn: () => (target ? askForMap(studyId, target, method) : null),
    enabled: isOn && target !== null,
    refetchInterval: ({ state }) => (state.data === null ? POLL_MS : false),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!data) return setUrl(null);
    const made = URL.createObjectURL(data.blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  const isWaiting = isOn && target !== null && !isError && (isPending || data === null);
  const image = data ?? null;
  return useMemo(
    () => ({ url, image, isWaiting, hasFailed: isError }),
    [url, image, isWaiting, isError],
  );
}
