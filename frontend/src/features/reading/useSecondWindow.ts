/** The first window's side of a second one: opens it, tells it what is read, and follows it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { create } from 'zustand';
import { useCan, useSession } from '../../api/access';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { findSeen, followSeen, seenHere, tellSeen } from './following';
import { type Links, useLayout, visibleCells } from './layout';
import { ports } from './ports';
import { changeOf, openLink, pairName, READ_ELSEWHERE, type Seen, type Told } from './secondLink';
import { worklistCommand } from './secondList';
import { useReading } from './store';
import { seriesQuery } from './useStudy';

/** Whether the browser refused to open the second window. */
export const useSecond = create<{ readonly isBlocked: boolean }>()(() => ({ isBlocked: false }));

/** Marks and segments are told at most this often. */
const ITEMS_MS = 300;

function open(path: string): void {
  const { screenX, outerWidth, outerHeight } = window;
  const place = `popup,left=${screenX + outerWidth},top=0,width=1280,height=${outerHeight}`;
  const opened = window.open(path, pairName(), place);
  opened?.focus();
  useSecond.setState({ isBlocked: opened === null });
  // the panel says that it was blocked
  if (!opened) useReading.getState().arrange({ isPanelShown: true });
}

/**
 * The second window shows the images of the case, or the worklist, under these addresses; null for
 * who has no worklist.
 */
export const secondCommands = (images: string, worklist: string | null): Command[] => [
  {
    id: 'screen.second',
    title: t('Second window, for another screen'),
    section: t('Screen'),
    shortcut: 'alt+j',
    run: () => open(images),
  },
  ...(worklist ? [worklistCommand(() => open(worklist))] : []),
];

const NONE: readonly Series[] = [];

/**
 * What both windows have in common, and how this one follows what is looked at in the other: an
 * earlier study that is on screen there alone is asked for here too, to know where its slices lie.
 */
function useSeenThere({ project_id, earlier }: ReadingCase, all: readonly Series[]) {
  /** Null while there is no second window. */
  const links = useRef<Links | null>(null);
  /** Told before it was known where those slices lie. */
  const waiting = useRef<Seen[]>([]);
  const [studyUid, setStudyUid] = useState<string | null>(null);
  const isEarlier = earlier.some(({ study_uid }) => study_uid === studyUid);
  const { data: theirs = NONE } = useQuery({
    ...seriesQuery(project_id, studyUid ?? ''),
    enabled: isEarlier,
  });
  const known = useRef(all);
  known.current = useMemo(() => [...all, ...theirs], [all, theirs]);
  const [seenThere] = useState(() => (seen: Seen) => {
    setStudyUid(seen.studyUid);
    if (!findSeen(known.current, seen)) waiting.current.push(seen);
    else if (links.current) followSeen(seen, known.current, links.current);
  });
  useEffect(() => {
    if (theirs.length === 0) return;
    for (const seen of waiting.current.splice(0))
      if (links.current) followSeen(seen, known.current, links.current);
  }, [theirs]);
  return { known, links, seenThere };
}

/** `all` are the series that can be on screen here; `onOpen` leaves this case for another one. */
export function useSecondWindow(
  reading: ReadingCase,
  all: readonly Series[],
  onOpen: (projectId: string, readId: string) => void,
): Command[] {
  const userId = useSession().user.id;
  const projectId = reading.project_id;
  const readId = reading.read.id;
  const { known, links, seenThere } = useSeenThere(reading, all);
  const hasWorklist = useCan(projectId, 'read_cases');
  const leave = useRef(onOpen);
  leave.current = onOpen;

  useEffect(() => {
    let toldItems = useReading.getState().items;
    const tellCase = () => {
      toldItems = useReading.getState().items;
      link.tell({
        type: 'case',
        projectId,
        readId,
        shown: visibleCells(useLayout.getState()).flatMap(({ seriesUid }) => seriesUid ?? []),
        items: toldItems,
        seen: seenHere(known.current),
      });
    };
    const link = openLink(userId, (told: Told) => {
      if (told.type === 'hello') {
        useSecond.setState({ isBlocked: false });
        tellCase();
      } else if (told.type === 'links') {
        links.current = told.links;
        ports.forgetElsewhere();
        const seen = seenHere(known.current);
        if (seen) link.tell({ type: 'seen', readId, seen });
      } else if (told.type === 'left') {
        links.current = null;
      } else if (told.type === 'open') {
        if (told.readId !== readId) leave.current(told.projectId, told.readId);
      } else if (told.type === 'seen' && told.readId === readId && links.current) {
        if (!told.seen.isLed) window.dispatchEvent(new Event(READ_ELSEWHERE));
        seenThere(told.seen);
      }
    });
    tellCase();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tellItems = () => {
      timer = undefined;
      const { items } = useReading.getState();
      link.tell({ type: 'items', readId, ...changeOf(toldItems, items) });
      toldItems = items;
    };
    const stopItems = useReading.subscribe(({ items }, before) => {
      if (links.current && items !== before.items) timer ??= setTimeout(tellItems, ITEMS_MS);
    });
    const stopSeen = tellSeen(
      (seen) => links.current && link.tell({ type: 'seen', readId, seen }),
      () => known.current,
    );
    const close = () => link.tell({ type: 'closed' });
    window.addEventListener('pagehide', close);
    return () => {
      window.removeEventListener('pagehide', close);
      clearTimeout(timer);
      stopItems();
      stopSeen();
      close();
      link.close();
      links.current = null;
      useSecond.setState({ isBlocked: false });
    };
  }, [userId, projectId, readId, known, links, seenThere]);

  return useMemo(
    () =>
      secondCommands(
        `/projects/${projectId}/read/${readId}/second`,
        hasWorklist ? `/projects/${projectId}/worklist/second` : null,
      ),
    [projectId, readId, hasWorklist],
  );
}
