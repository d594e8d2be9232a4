/** Says what is kept on this computer and not yet on the server, and sends it by itself. */
import { Button, CloseButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSession } from '../../api/access';
import { useSignInState } from '../../api/client';
import { t } from '../../words/t';
import styles from './Outbox.module.css';
import { type Letter, sendKept, useOutbox } from './outbox';
import { sendWords } from './typed';

interface OutboxPanelProps {
  /** In the reading room the case itself says what is kept. */
  readonly isShown: boolean;
  readonly onOpen: (letter: Letter) => void;
}

const AGAIN_MS = 15_000;

export function OutboxPanel({ isShown, onOpen }: OutboxPanelProps) {
  useOutboxRounds();
  const { letters, dismiss } = useOutbox();
  if (!isShown || letters.length === 0) return null;
  return (
    <aside className={styles.outbox} aria-label={t('Kept on this computer')}>
      {letters.map((letter) => (
        <div key={letter.readId} className={styles.letter} data-state={letter.state} role="status">
          <div className={styles.words}>
            <b>{TITLES[letter.state]}</b>
            <p>{letter.problem ? letter.problem.title : TEXTS[letter.state]}</p>
          </div>
          {letter.state === 'needs-reader' && (
            <Button
              variant="default"
              onClick={() => {
                dismiss(letter.readId);
                onOpen(letter);
              }}
            >
              {t('Open the case')}
            </Button>
          )}
          {letter.state !== 'waiting' && (
            <CloseButton aria-label={t('Close this note')} onClick={() => dismiss(letter.readId)} />
          )}
        </div>
      ))}
    </aside>
  );
}

const TITLES: Readonly<Record<Letter['state'], string>> = {
  waiting: t('A case is kept on this computer'),
  'needs-reader': t('A case kept here needs you'),
  sent: t('A case kept here was saved'),
  submitted: t('A case kept here was submitted'),
};

const TEXTS: Readonly<Record<Letter['state'], string>> = {
  waiting: t('It is sent by itself as soon as the server can be reached.'),
  'needs-reader': t('It was changed or opened elsewhere. Nothing is lost; look at it again.'),
  sent: t('The server has everything now.'),
  submitted: t('The server has everything now.'),
};

/** A round at the start, whenever the way may be free again, and while something waits. */
function useOutboxRounds(): void {
  const userId = useSession().user.id;
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isUnderWay = false;
    const round = async () => {
      if (isUnderWay || stop.signal.aborted) return;
      isUnderWay = true;
      clearTimeout(timer);
      // A browser that keeps nothing has nothing to send.
      const areWordsWaiting = await sendWords(userId).catch(() => false);
      const isWaiting = (await sendKept(userId).catch(() => false)) || areWordsWaiting;
      isUnderWay = false;
      if (isWaiting && !stop.signal.aborted) timer = setTimeout(round, AGAIN_MS);
    };
    void round();
    window.addEventListener('online', () => void round(), { signal: stop.signal });
    const stopSignIn = useSignInState.subscribe((now, before) => {
      if (before.isSignedOut && !now.isSignedOut) void round();
    });
    const stopLetters = useOutbox.subscribe(({ letters }) => {
      for (const { projectId, state } of letters)
        if (state !== 'waiting')
          void client.invalidateQueries({ queryKey: ['project', projectId, 'worklist'] });
    });
    return () => {
      stop.abort();
      clearTimeout(timer);
      stopSignIn();
      stopLetters();
      useOutbox.getState().forgetAll();
    };
  }, [userId, client]);
}
