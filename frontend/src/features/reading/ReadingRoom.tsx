/** The reading room: takes a case, shows it, and goes on to the next. */
import { Button } from '@mantine/core';
import type { QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ReadingCase } from '../../api/reading';
import { useCommands } from '../../commands/useCommands';
import { EmptyState } from '../../ui/EmptyState';
import { KeyCap } from '../../ui/KeyCap';
import { ProblemPanel } from '../../ui/ProblemPanel';
import { isServerAway } from '../../ui/problemAdvice';
import { ServerAway } from '../../ui/ServerAway';
import { renderingEngine } from '../../viewer/cornerstone';
import { t } from '../../words/t';
import { CaseRoom } from './CaseRoom';
import { KeptHere } from './KeptHere';
import styles from './Reading.module.css';
import { type RoomProps, useRoom } from './useRoom';
import { seriesQuery } from './useStudy';

/** Sends for the first image of a case before the room is drawn around it. */
export const firstImage = (client: QueryClient, { project_id, study }: ReadingCase) =>
  client.prefetchQuery(seriesQuery(project_id, study.study_uid));

/** Gets the graphics ready while the case is on its way; what they refuse shows on the image. */
export const warmUp = (): Promise<unknown> => renderingEngine().catch(() => undefined);

export interface ReadingRoomProps extends RoomProps {
  /** Back to the worklist. */
  readonly onClose: () => void;
  /** To what was found to look like a place. */
  readonly onHunt: (huntId: string) => void;
  /** To another case, which was asked for in the second window. */
  readonly onOther: (projectId: string, readId: string) => void;
}

export function ReadingRoom({ onClose, onHunt, onOther, ...props }: ReadingRoomProps) {
  const [room, actions] = useRoom(props);
  if (room.phase === 'open')
    return (
      <CaseRoom
        key={room.open.reading.read.id}
        open={room.open}
        room={actions}
        onClose={onClose}
        onHunt={onHunt}
        onOther={onOther}
      />
    );
  return (
    <main className={styles.outside}>
      <Closing onClose={onClose} isEmpty={room.phase === 'empty'} />
      {room.phase === 'opening' && <p role="status">{t('Opening the case…')}</p>}
      {room.phase === 'problem' &&
        (isServerAway(room.problem) ? (
          <ServerAway kept={<KeptHere />} onRetry={actions.retry} />
        ) : (
          <ProblemPanel problem={room.problem} onRetry={actions.retry} />
        ))}
      {room.phase === 'empty' && (
        <EmptyState
          title={t('Nothing left to read')}
          text={t(
            'All your reads are saved. New cases appear on the worklist as soon as there are some.',
          )}
        />
      )}
      <Button variant="default" onClick={onClose} rightSection={<KeyCap shortcut="shift+q" />}>
        {t('To the worklist')}
      </Button>
    </main>
  );
}

/** Leaves by the same key as inside a case, and by Enter when there is nothing else to do. */
function Closing({
  onClose,
  isEmpty,
}: {
  readonly onClose: () => void;
  readonly isEmpty: boolean;
}) {
  const commands = useMemo(
    () => [
      {
        id: 'case.close',
        title: t('To the worklist'),
        section: t('Case'),
        shortcut: isEmpty ? ['shift+q', 'enter'] : 'shift+q',
        run: onClose,
      },
    ],
    [onClose, isEmpty],
  );
  useCommands('reading.outside', commands);
  return null;
}
