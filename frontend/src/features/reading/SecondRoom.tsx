/** The second window: further images of the case that is read in the first one, only to look at. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../api/access';
import { asProblem } from '../../api/problem';
import { useCommands } from '../../commands/useCommands';
import { EmptyState } from '../../ui/EmptyState';
import { ProblemPanel } from '../../ui/ProblemPanel';
import { t } from '../../words/t';
import { lookAtRead } from './calls';
import { type Links, useLayout } from './layout';
import styles from './Reading.module.css';
import { SecondCase } from './SecondCase';
import { followOther, hear, openLink, type SecondLink, unheard } from './secondLink';
import { worklistCommand } from './secondList';

export interface SecondRoomProps {
  readonly readId: string;
  /** The first window went on to another case. */
  readonly onCase: (projectId: string, readId: string) => void;
  /** To the worklist, in place of images; null for who has none. */
  readonly onWorklist: (() => void) | null;
}

/** Both windows have this in common until the second one's own switches say otherwise. */
const COMMON: Links = { scroll: true, zoom: false, window: true };

export function SecondRoom({ readId, onCase, onWorklist }: SecondRoomProps) {
  const userId = useSession().user.id;
  const [link, setLink] = useState<SecondLink | null>(null);
  const [first, setFirst] = useState(() => unheard(readId));
  const [isClosed, setClosed] = useState(false);
  const now = useRef({ readId, onCase, onWorklist });
  now.current = { readId, onCase, onWorklist };
  const hasWorklist = onWorklist !== null;
  const commands = useMemo(
    () => (hasWorklist ? [worklistCommand(() => now.current.onWorklist?.())] : []),
    [hasWorklist],
  );
  useCommands('second', commands);

  useEffect(() => {
    followOther();
    useLayout.setState({ links: COMMON, isComparing: true });
    setFirst(unheard(now.current.readId));
    const tellLinks = () => made.tell({ type: 'links', links: useLayout.getState().links });
    const made = openLink(userId, (told) => {
      setFirst((before) => hear(before, told));
      if (told.type === 'closed') setClosed(true);
      if (told.type !== 'case') return;
      setClosed(false);
      tellLinks();
      if (told.readId !== now.current.readId) now.current.onCase(told.projectId, told.readId);
    });
    const stopLinks = useLayout.subscribe(({ links }, before) => {
      if (links !== before.links) tellLinks();
    });
    const leave = () => made.tell({ type: 'left' });
    window.addEventListener('pagehide', leave);
    setLink(made);
    made.tell({ type: 'hello' });
    return () => {
      window.removeEventListener('pagehide', leave);
      stopLinks();
      leave();
      made.close();
    };
  }, [userId]);

  const { data, error, refetch } = useQuery({
    // what one account may see is never shown to another that signs in on this page
    queryKey: ['second-window', userId, readId],
    queryFn: () => lookAtRead(readId),
    enabled: !isClosed,
  });
  if (data && link && !isClosed)
    return (
      <SecondCase
        key={readId}
        reading={data}
        link={link}
        first={first.readId === readId ? first : unheard(readId)}
      />
    );
  return (
    <main className={styles.outside}>
      {isClosed ? (
        <EmptyState
          title={t('No case is open in the first window')}
          text={t('Images appear here as soon as a case is read there.')}
        />
      ) : error ? (
        <ProblemPanel problem={asProblem(error)} onRetry={() => void refetch()} />
      ) : (
        <p role="status">{t('Opening the case…')}</p>
      )}
    </main>
  );
}
