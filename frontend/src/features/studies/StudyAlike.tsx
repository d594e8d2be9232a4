/** Other studies that look like this one: the same picture again, and what the encoder finds near. */
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lookalikesQuery, neighboursQuery } from '../../api/studies';
import { Chip } from '../../ui/Chip';
import { formatNumber } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Thumbnail } from '../../ui/Thumbnail';
import { t } from '../../words/t';
import styles from './Studies.module.css';

interface Props {
  studyId: string;
  onOpen: (studyId: string) => void;
}

export function StudyAlike({ studyId, onOpen }: Props) {
  const lookalikes = useQuery(lookalikesQuery(studyId));
  const neighbours = useQuery(neighboursQuery(studyId));
  return (
    <Stack gap="md">
      <Loaded of={lookalikes} rows={2}>
        {({ items }) => (
          <Group title={t('Nearly the same picture')} none={t('No other study shows it.')}>
            {items.map((one) => (
              <Alike
                key={one.study_id}
                study={one}
                near={t('{count} of 64 bits differ', { count: one.distance_bits })}
                onOpen={onOpen}
              />
            ))}
          </Group>
        )}
      </Loaded>
      <Loaded of={neighbours} rows={2}>
        {({ items, encoder_kind }) => (
          <Group
            title={t('Most alike to the encoder')}
            none={
              encoder_kind
                ? t('The encoder has not seen this study yet.')
                : t('This project has no encoder yet.')
            }
          >
            {items.map((one) => (
              <Alike
                key={one.study_id}
                study={one}
                near={t('similarity {value}', { value: formatNumber(one.similarity, 3) })}
                onOpen={onOpen}
              />
            ))}
          </Group>
        )}
      </Loaded>
    </Stack>
  );
}

interface GroupProps {
  title: string;
  none: string;
  children: React.ReactNode[];
}

function Group({ title, none, children }: GroupProps) {
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {children.length > 0 ? (
        <div className={styles.grid}>{children}</div>
      ) : (
        <span className={styles.muted}>{none}</span>
      )}
    </section>
  );
}

interface AlikeProps {
  study: {
    study_id: string;
    pseudonym: string;
    is_same_patient: boolean;
    thumbnail_url: string;
  };
  near: string;
  onOpen: (studyId: string) => void;
}

function Alike({ study, near, onOpen }: AlikeProps) {
  return (
    <button type="button" className={styles.tile} onClick={() => onOpen(study.study_id)}>
      <Thumbnail url={study.thumbnail_url} alt="" size={122} />
      {study.is_same_patient ? (
        <Chip text={t('same patient')} />
      ) : (
        <Chip tone="warn" text={t('other patient')} />
      )}
      <span className={styles.muted}>{near}</span>
      <span title={study.pseudonym}>{study.pseudonym}</span>
    </button>
  );
}
