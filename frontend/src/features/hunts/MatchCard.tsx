/** One match: its picture with the place, how like it is, and what can be done with its case. */
import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { HuntMatch } from '../../api/hunts';
import { Chip } from '../../ui/Chip';
import { formatShare } from '../../ui/format';
import { PlacePicture } from '../../ui/PlacePicture';
import { t } from '../../words/t';
import styles from './Hunts.module.css';

interface Props {
  readonly match: HuntMatch;
  readonly isActive: boolean;
  readonly onMark: () => void;
  /** Null where the case is not to be had. */
  readonly onRead: (() => void) | null;
  readonly onFirst: (() => void) | null;
}

export function MatchCard({ match, isActive, onMark, onRead, onFirst }: Props) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isActive) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    <article
      ref={card}
      className={styles.match}
      data-active={isActive}
      aria-current={isActive}
      aria-label={t('Match {rank}', { rank: match.rank })}
      onPointerDown={onMark}
    >
      <PlacePicture url={match.picture_url} alt={match.pseudonym} x={match.x} y={match.y} />
      <span className={styles.name} title={match.pseudonym}>
        {match.rank}. {match.pseudonym}
      </span>
      <span className={styles.facts}>
        {t('Likeness {share}', { share: formatShare(Math.max(0, match.likeness)) })}
      </span>
      <span className={styles.facts}>
        {!match.is_open && <Chip text={t('taken')} />}
        {match.is_open && match.is_first && <Chip text={t('at the front')} tone="accent" />}
      </span>
      <span className={styles.buttons}>
        {onRead && (
          <Button size="compact-xs" variant="default" onClick={onRead}>
            {t('Read // a case, now')}
          </Button>
        )}
        {onFirst && (
          <Button size="compact-xs" variant="default" onClick={onFirst}>
            {t('To the front')}
          </Button>
        )}
      </span>
    </article>
  );
}
