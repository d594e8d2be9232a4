/** The first window's side of a second one: opens it, tells it what is read, and follows it. */
import { useEffect, useMemo, useRef } from 'react';
import { create } from 'zustand';
import { useSession } from '../../api/access';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { followSeen, seenHere, tellSeen } from './following';
import { type Links, useLayout, visibleCells } from './layout';
import { ports } from './ports';
import { changeOf, openLink, pairName, READ_ELSEWHERE, type Told } from './secondLink';
import { useReading } from './store';

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

/** The second window shows the case under this address. */
export const secondCommand = (path: string): Command => ({
  id: 'screen.second',
  title: t('Second window, for another screen'),
  section: t('Screen'),
  shortcut: 'alt+a',
  run: () => open(path),
});

/** `all` are the series that can be on screen here. */
export function useSecondWindow(reading: ReadingCase, all: readonly Series[]): Command {
  const userId = useSession().user.id;
  const projectId = reading.project_id;
  const readId = reading.read.id;
  const known = useRef(all);
  known.current = all;

  useEffect(() => {
    // What the second window wants to have in common; null while there is none.
    let links: Links | null = null;
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
        links = told.links;
        ports.forgetElsewhere();
        const seen = seenHere(known.current);
        if (seen) link.tell({ type: 'seen', readId, seen });
      } else if (told.type === 'left') {
        links = null;
      } else if (told.type === 'seen' && told.readId === readId && links) {
        if (!told.seen.isLed) window.dispatchEvent(new Event(READ_ELSEWHERE));
        followSeen(told.seen, known.current, links);
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
      if (links && items !== before.items) timer ??= setTimeout(tellItems, ITEMS_MS);
    });
    const stopSeen = tellSeen(
      (seen) => links && link.tell({ type: 'seen', readId, seen }),
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
      useSecond.setState({ isBlocked: false });
    };
  }, [userId, projectId, readId]);

  return useMemo(
    () => secondCommand(`/projects/${projectId}/read/${readId}/second`),
    [projectId, readId],
  );
}
