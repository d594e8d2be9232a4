/** One's own hunts, the newest first. */
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { huntsQuery } from '../../api/hunts';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { t } from '../../words/t';
import styles from './Hunts.module.css';

interface Props {
  readonly projectId: string;
  readonly huntId: string | null;
  readonly onHunt: (huntId: string) => void;
}

export function HuntList({ projectId, huntId, onHunt }: Props) {
  const hunts = useQuery(huntsQuery(projectId));
  return (
    <Panel title={t('My searches')}>
      <Loaded of={hunts} rows={4}>
        {(items) =>
          items.length === 0 ? (
            <p className={styles.note}>{t('None yet.')}</p>
          ) : (
            <ul className={styles.hunts}>
              {items.map((hunt) => (
                <li key={hunt.id}>
                  <UnstyledButton
                    className={styles.hunt}
                    aria-current={hunt.id === huntId}
                    onClick={() => onHunt(hunt.id)}
                  >
                    <span className={styles.name}>{hunt.pseudonym}</span>
                    <span className={styles.facts}>
                      {hunt.is_over
                        ? t('{count, plural, one {# match} other {# matches}}', {
                            count: hunt.match_count,
                          })
                        : t('under way')}
                      , <RelativeTime at={hunt.created_at} />
                    </span>
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
