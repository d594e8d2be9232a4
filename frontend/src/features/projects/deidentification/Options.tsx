/** The options on top of the basic profile, each with what it means for patients and for work. */
import { Button, Group, Stack, Switch, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changeDeidentification, type Deidentification } from '../../../api/deidentification';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { t } from '../../../words/t';
import styles from '../ProjectPage.module.css';
import { privateFromText, privateToText } from './privateTags';

type Flag = Exclude<keyof Deidentification, 'safe_private'>;

const FLAGS: { key: Flag; label: string; description: string }[] = [
  {
    key: 'retain_dates',
    label: t('Keep the time between visits'),
    description: t(
      'All dates of a patient move back by the same secret number of days; times of day stay. Off: dates are removed, and nobody can tell which of two studies came first.',
    ),
  },
  {
    key: 'retain_characteristics',
    label: t('Keep sex, age, size and weight'),
    description: t(
      'Ages above 89 become 90. Models may need them, but together with a rare finding they can point to a person. Off: all are removed.',
    ),
  },
  {
    key: 'retain_device',
    label: t('Keep names and serial numbers of equipment'),
    description: t(
      'Tells scanners apart, and with that, often the hospital. Words that name the patient or the institution still go.',
    ),
  },
  {
    key: 'clean_descriptors',
    label: t('Keep the harmless words of descriptions'),
    description: t(
      'Of study, series and protocol descriptions, words of anatomy and technique stay ("CT chest axial 5mm"); names, numbers and everything unknown go. Off: descriptions are removed.',
    ),
  },
  {
    key: 'hold_suspected',
    label: t('Have a person look where pixels may show a name'),
    description: t(
      'Ultrasound, angiography, captures and images that seem to carry text wait under Studies, Text in pixels. Off: they come in unseen; only for images known to carry none.',
    ),
  },
];

interface Props {
  projectId: string;
  saved: Deidentification;
  canManage: boolean;
}

export function Options({ projectId, saved, canManage }: Props) {
  const client = useQueryClient();
  const [flags, setFlags] = useState<Partial<Record<Flag, boolean>>>({});
  const [listed, setListed] = useState<string | null>(null);
  const text = listed ?? privateToText(saved.safe_private);
  const parsed = privateFromText(text);
  const isChanged =
    FLAGS.some(({ key }) => (flags[key] ?? saved[key]) !== saved[key]) ||
    text.trim() !== privateToText(saved.safe_private);
  const save = useMutation({
    mutationFn: () =>
      changeDeidentification(projectId, { ...flags, safe_private: parsed ?? undefined }),
    onSuccess: (next) => {
      client.setQueryData(['project', projectId, 'deidentification'], next);
      setFlags({});
      setListed(null);
    },
  });
  return (
    <Panel title={t('What is kept')} side={t('DICOM PS3.15, basic profile with options')}>
      <Stack gap="lg">
        <p className={styles.muted}>
          {t(
            'Names, numbers, addresses, free texts and private attributes are always removed before anything is stored, and UIDs are replaced. These options keep more.',
          )}
        </p>
        {FLAGS.map(({ key, label, description }) => (
          <Switch
            key={key}
            label={label}
            description={description}
            disabled={!canManage}
            checked={flags[key] ?? saved[key]}
            onChange={(event) => setFlags({ ...flags, [key]: event.currentTarget.checked })}
          />
        ))}
        <Textarea
          label={t('Private attributes that are safe')}
          description={t(
            'One a line: 0043xx39 GEMS_PARM_01. Only numbers and short texts without names are kept, and nothing private that is not listed.',
          )}
          error={
            parsed === null &&
            t('Write gggg, xx, ee and the creator, for example 0043xx39 GEMS_PARM_01.')
          }
          autosize
          minRows={2}
          maxRows={8}
          disabled={!canManage}
          value={text}
          onChange={(event) => setListed(event.currentTarget.value)}
        />
        <Failed error={save.error} />
        {canManage && (
          <Group>
            <Button
              disabled={!isChanged || parsed === null}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {t('Save')}
            </Button>
            <span className={styles.muted}>
              {isChanged
                ? t('Not saved yet; holds for images that come in from then on.')
                : t('Saved. Images that are here already stay as they are.')}
            </span>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}
