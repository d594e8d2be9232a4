/** The comments of the case on screen: threads, pins, and the keys that lead from one to the next. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../api/access';
import { type CommentPlace, commentsQuery, settleThread, type Thread } from '../../api/comments';
import type { Command } from '../../commands/registry';
import { imagePoint } from '../../geometry/units';
import { belongsTo, type Frame, type Series } from '../../viewer/frames';
import type { Pin } from '../../viewer/PinsLayer';
import { t } from '../../words/t';
import { useReadout } from './readout';
import { useReading } from './store';
import { NEW_COMMENT, replyField, sendWords, useTyped } from './typed';
import type { Place } from './useAsking';
import type { ShownNow } from './useShownNow';

export interface Comments {
  readonly threads: readonly Thread[];
  readonly pins: readonly Pin[];
  readonly openId: string | null;
  /** The place of a comment being written; undefined when none is. */
  readonly composing: CommentPlace | null | undefined;
  readonly error: Error | null;
  readonly commands: readonly Command[];
  open(id: string): void;
  compose(place: CommentPlace | null | undefined): void;
  /** Keeps the text and sends it, now or when the server can be reached. */
  say(text: string, threadId: string | null): Promise<boolean>;
  settle(thread: Thread): void;
}

/** Where a comment begun now is pinned: under the pointer, else the image on screen. */
export function placeHere(frame: Frame | undefined): CommentPlace | null {
  if (!frame) return null;
  const hover = useReadout.getState().hover;
  const { sop_instance_uid, frame_number } = frame;
  const point = hover ? hover.point.map((value) => Math.round(value * 100) / 100) : null;
  return { series_uid: null, sop_instance_uid, frame_number, point };
}

export function pinsOf(threads: readonly Thread[], openId: string | null): Pin[] {
  return threads.flatMap(({ id, number, place, resolved_at }) => {
    const [x, y] = place?.point ?? [];
    if (!place?.sop_instance_uid || x === undefined || y === undefined) return [];
    return [
      {
        id,
        number,
        sop_instance_uid: place.sop_instance_uid,
        frame_number: place.frame_number,
        point: imagePoint(x, y),
        isOpen: id === openId,
        isSettled: resolved_at !== null,
      },
    ];
  });
}

/** What a place is called in the panel. */
export function placeText(place: CommentPlace | null, series: readonly Series[]): string {
  if (!place) return t('This study');
  const { at, count } = imageIn(place, series);
  if (at < 0) return t('This series');
  return count > 1 ? t('Image {at} of {count}', { at: at + 1, count }) : t('This image');
}

/** Which image of the series that hold it a place is on; -1 where it names none. */
function imageIn(place: CommentPlace, series: readonly Series[]) {
  const { sop_instance_uid, frame_number } = place;
  const isOn = (frame: Frame) =>
    sop_instance_uid !== null && belongsTo(frame, { sop_instance_uid, frame_number });
  const frames = series.find((one) => one.frames.some(isOn))?.frames ?? [];
  return { at: frames.findIndex(isOn), count: frames.length };
}

/** What a question is about, as the reader may tick it. */
export function aboutText(place: CommentPlace, series: readonly Series[]): string {
  const { at, count } = imageIn(place, series);
  if (at >= 0 && count > 1)
    return place.point
      ? t('About image {at} of {count}, where the pointer was', { at: at + 1, count })
      : t('About image {at} of {count}', { at: at + 1, count });
  if (at < 0) return t('About this series');
  return place.point ? t('About this image, where the pointer was') : t('About this image');
}

/** The thread before or after the open one, round and round. */
export function neighbour(threads: readonly Thread[], openId: string | null, by: 1 | -1) {
  const at = threads.findIndex(({ id }) => id === openId);
  const from = at < 0 && by < 0 ? 0 : at;
  return threads[(from + by + threads.length) % threads.length];
}

const NONE: readonly Thread[] = [];

export function useComments(
  readId: string,
  shownNow: ShownNow,
  show: (place: Place) => void,
): Comments {
  const client = useQueryClient();
  const { queryKey } = commentsQuery(readId);
  const { data: threads = NONE } = useQuery(commentsQuery(readId));
  const [openId, setOpenId] = useState<string | null>(null);
  const [composing, setComposing] = useState<CommentPlace | null | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another case has comments of its own
  useEffect(() => {
    setOpenId(null);
    setComposing(undefined);
  }, [readId]);
  const open = useCallback(
    (id: string) => {
      setComposing(undefined);
      setOpenId(id);
      const place = client.getQueryData(queryKey)?.find((one) => one.id === id)?.place;
      const { sop_instance_uid, series_uid, frame_number } = place ?? {};
      if (sop_instance_uid) show({ sop_instance_uid, frame_number: frame_number ?? 1 });
      else if (series_uid) show({ seriesUid: series_uid });
      useReading.getState().arrange({ isPanelShown: true });
    },
    [client, queryKey, show],
  );
  const send = useKeptWords(readId, setComposing);
  const say = async (text: string, threadId: string | null) => {
    const id = crypto.randomUUID();
    const place = threadId ? null : (composing ?? null);
    const field = threadId ? replyField(threadId) : NEW_COMMENT;
    await useTyped.getState().post(field, { id, text, thread_id: threadId, place });
    setComposing(undefined);
    setOpenId(threadId ?? id);
    void send();
    return true;
  };
  const settling = useMutation({
    mutationFn: (thread: Thread) => settleThread(thread.id, thread.resolved_at === null),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const compose = useCallback((place: CommentPlace | null | undefined) => {
    setComposing(place);
    useTyped.getState().pin(place ?? null);
  }, []);
  const commands = useMemo(
    () => commandsFor({ begin: () => compose(placeHere(shownNow())), threads, openId, open }),
    [threads, openId, open, compose, shownNow],
  );
  return {
    threads,
    pins: useMemo(() => pinsOf(threads, openId), [threads, openId]),
    openId,
    composing,
    error: settling.error,
    commands,
    open,
    compose,
    say,
    settle: (thread) => settling.mutate(thread),
  };
}

const AGAIN_MS = 15_000;

/** Brings back what was typed on a case; answers what sends the words that wait. */
function useKeptWords(
  readId: string,
  compose: (place: CommentPlace | null) => void,
): () => Promise<void> {
  const userId = useSession().user.id;
  const client = useQueryClient();
  const waiting = useTyped(({ unsent, refused }) => unsent.length - refused.length);
  const begin = useRef(compose);
  begin.current = compose;
  useEffect(() => {
    void useTyped
      .getState()
      .open(userId, readId)
      .then(({ typed, place }) => typed[NEW_COMMENT] && begin.current(place));
  }, [userId, readId]);
  const send = useCallback(async () => {
    await sendWords(userId).catch(() => undefined);
    await client.invalidateQueries({ queryKey: commentsQuery(readId).queryKey });
  }, [client, userId, readId]);
  useEffect(() => {
    if (waiting === 0) return;
    const timer = setInterval(() => void send(), AGAIN_MS);
    const online = () => void send();
    window.addEventListener('online', online);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', online);
    };
  }, [waiting, send]);
  return send;
}

interface Now {
  readonly begin: () => void;
  readonly threads: readonly Thread[];
  readonly openId: string | null;
  readonly open: (id: string) => void;
}

function commandsFor({ begin, threads, openId, open }: Now): Command[] {
  const go = (by: 1 | -1) => {
    const to = neighbour(threads, openId, by);
    if (to) open(to.id);
  };
  const command = (id: string, title: string, shortcut: string, run: () => void): Command => ({
    id: `comment.${id}`,
    title,
    section: t('Comments'),
    shortcut,
    run,
  });
  const isEnabled = () => threads.length > 0;
  return [
    command('new', t('Comment on this place'), 'alt+m', () => {
      useReading.getState().arrange({ isPanelShown: true });
      begin();
    }),
    { ...command('next', t('Next comment'), 'alt+.', () => go(1)), isEnabled },
    { ...command('previous', t('Previous comment'), 'alt+,', () => go(-1)), isEnabled },
  ];
}
