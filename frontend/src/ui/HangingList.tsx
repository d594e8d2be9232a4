/** A list of hanging protocols: what each is for, which is tried first, and taking one away. */
import { ActionIcon, Group, TextInput } from '@mantine/core';
import { IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../words/t';
import { EmptyState } from './EmptyState';
import { Failed } from './Loaded';
import { Panel } from './Panel';
import styles from './Panel.module.css';

interface Hanging {
  name: string;
  modalities?: string[];
  body_parts?: string[];
  least_series?: number;
  has_earlier?: boolean | null;
  stages: { rows: number; columns: number }[];
}

interface HangingListProps<Protocol extends Hanging> {
  readonly list: readonly Protocol[];
  /** Says where cases go that none of these fits. */
  readonly side: string;
  readonly onKeep: (list: readonly Protocol[]) => Promise<unknown>;
}

export function HangingList<Protocol extends Hanging>({
  list,
  side,
  onKeep,
}: HangingListProps<Protocol>) {
  const [error, setError] = useState<unknown>(null);
  const keep = (next: readonly Protocol[]) =>
    void onKeep(next).then(() => setError(null), setError);
  const without = (at: number) => list.filter((_, index) => index !== at);
  return (
    <Panel title={t('Hanging protocols')} side={side} isFlush>
      <Failed error={error} />
      {list.length === 0 && (
        <EmptyState
          title={t('No hanging protocol yet')}
          text={t(
            'Lay a case out in the reading room, open the commands with Ctrl K and choose “Hang cases like this as on screen”.',
          )}
        />
      )}
      <ul className={styles.rows}>
        {list.map((protocol, at) => (
          <li key={`${protocol.name} ${conditions(protocol)}`}>
            <Name
              name={protocol.name}
              onName={(name) =>
                keep(list.map((one, index) => (index === at ? { ...one, name } : one)))
              }
            />
            <span className={styles.side}>{conditions(protocol)}</span>
            <span className={styles.side}>{protocol.stages.map(gridOf).join(', then ')}</span>
            <Group gap={4} wrap="nowrap">
              <ActionIcon
                color="gray"
                aria-label={t('Try {name} earlier', { name: protocol.name })}
                disabled={at === 0}
                onClick={() => keep(without(at).toSpliced(at - 1, 0, protocol))}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                color="gray"
                aria-label={t('Delete {name}', { name: protocol.name })}
                onClick={() => keep(without(at))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const gridOf = ({ rows, columns }: { rows: number; columns: number }) => `${rows} × ${columns}`;

const orAny = (words: readonly string[] | undefined, any: string) => words?.join(', ') || any;

/** When a protocol is used, in words. */
function conditions(protocol: Hanging): string {
  const { modalities, body_parts, least_series = 1, has_earlier } = protocol;
  const earlier =
    has_earlier === true
      ? t('with an earlier study')
      : has_earlier === false
        ? t('no earlier study')
        : '';
  const series =
    least_series > 1 ? t('{leastSeries} series or more', { leastSeries: least_series }) : '';
  return [
    orAny(modalities, t('any modality')),
    orAny(body_parts, t('any body part')),
    series,
    earlier,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Renamed where one stands: Enter or leaving the field keeps the name. */
function Name({
  name,
  onName,
}: {
  readonly name: string;
  readonly onName: (name: string) => void;
}) {
  const [draft, setDraft] = useState(name);
  const done = () => {
    const next = draft.trim();
    if (next && next !== name) onName(next);
    else setDraft(name);
  };
  return (
    <TextInput
      aria-label={t('Name of {name}', { name })}
      size="xs"
      maxLength={80}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}
