/** The server is away: what is safe, when it is asked again, and a button for the impatient. */
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { t } from '../words/t';
import styles from './ServerAway.module.css';

interface ServerAwayProps {
  /** What is kept, in a sentence or two. */
  readonly kept: ReactNode;
  readonly onRetry: () => void;
}

const AGAIN_S = 5;

export function ServerAway({ kept, onRetry }: ServerAwayProps) {
  const { left, retry } = useCountdown(onRetry);
  return (
    <section className={styles.away} role="status" aria-live="off">
      <IconPlugConnectedX size={28} aria-hidden="true" />
      <h1 className={styles.title}>{t('The server cannot be reached')}</h1>
      <p className={styles.text}>{kept}</p>
      <p className={styles.text}>
        {t('This page goes on by itself. Trying again in {seconds} s.', {
          seconds: Math.max(0, left),
        })}
      </p>
      <Button variant="default" onClick={retry}>
        {t('Try now')}
      </Button>
    </section>
  );
}

/** Asks again every few seconds, and at once when the network comes back. */
function useCountdown(onRetry: () => void) {
  const [left, setLeft] = useState(AGAIN_S);
  const act = useRef(onRetry);
  act.current = onRetry;
  useEffect(() => {
    const stop = new AbortController();
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000);
    window.addEventListener('online', () => setLeft(0), { signal: stop.signal });
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, []);
  useEffect(() => {
    if (left > 0) return;
    setLeft(AGAIN_S);
    act.current();
  }, [left]);
  return { left, retry: () => setLeft(0) };
}
