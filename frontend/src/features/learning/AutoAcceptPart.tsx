/** Answers by the model: what it would do, on what grounds, and what it did. */
import { Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import {
  type AutoAccept,
  type AutoAcceptEstimate,
  autoAcceptQuery,
  type TargetEstimate,
} from '../../api/autoAccept';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { formatCount, formatShare } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { RelativeTime } from '../../ui/RelativeTime';
import { StatRow, StatTile } from '../../ui/StatTile';
import { t } from '../../words/t';
import { AutoAcceptedTable } from './AutoAcceptedTable';
import { TurnOff, TurnOn } from './AutoAcceptSwitch';
import { endWords, missingWords, refusalWords, targetWords } from './autoAcceptWords';
import styles from './Learning.module.css';

interface Props {
  projectId: string;
  canManage: boolean;
}

export function AutoAcceptPart({ projectId, canManage }: Props) {
  const shown = useQuery(autoAcceptQuery(projectId));
  return (
    <Loaded of={shown} rows={6}>
      {(data) => (
        <Stack>
          <p className={styles.note}>
            {t(
              'Off by default. Where it is on, cases that leave the model no doubt leave the queue. What it answers is model output and no label: it teaches and measures nothing, and one in fifty goes to a reader all the same.',
            )}
          </p>
          <Refusals codes={data.now ? [] : data.refusals} />
          {data.now ? <Now now={data.now} /> : data.last && <Last last={data.last} />}
          {data.estimate && <Estimate estimate={data.estimate} />}
          {canManage &&
            (data.now ? (
              <TurnOff projectId={projectId} />
            ) : (
              <TurnOn
                projectId={projectId}
                targets={data.refusals.length > 0 ? [] : (data.estimate?.targets ?? [])}
              />
            ))}
          {canManage && data.now && <AutoAcceptedTable projectId={projectId} />}
        </Stack>
      )}
    </Loaded>
  );
}

function Refusals({ codes }: { codes: string[] }) {
  if (codes.length === 0) return null;
  return (
    <ul className={styles.warnings} aria-label={t('What stands in its way')}>
      {codes.map((code) => (
        <li key={code}>
          <IconAlertTriangle size={16} aria-label={t('Warning')} />
          {refusalWords(code)}
        </li>
      ))}
    </ul>
  );
}

function Now({ now }: { now: NonNullable<AutoAccept['now']> }) {
  return (
    <>
      <StatRow>
        <StatTile
          label={t('Answered by the model')}
          value={formatCount(now.standing_count)}
          note={t('out of the queue, model {number}', { number: now.model_number })}
        />
        <StatTile
          label={t('Error, at most')}
          value={formatShare(now.bound, 1)}
          note={t('allowed: {target}, 95 % confidence', { target: targetWords(now.target) })}
        />
        <StatTile
          label={t('Read again')}
          value={t('{part} of {whole}', {
            part: formatCount(now.reaudit_read_count),
            whole: formatCount(now.reaudit_count),
          })}
          note={t('{count, plural, one {# disagreement} other {# disagreements}}', {
            count: now.disagreement_count,
          })}
        />
      </StatRow>
      <p className={styles.note}>
        {t('On by {name}: {reason}', { name: now.by_name, reason: now.reason })} ·{' '}
        <RelativeTime at={now.since} />
      </p>
    </>
  );
}

function Last({ last }: { last: NonNullable<AutoAccept['last']> }) {
  return (
    <p className={styles.note}>
      {t('Off: {why}. What it had answered is back in the queue.', {
        why: endWords(last.off_code),
      })}{' '}
      {last.off_reason && `${last.off_by_name}: ${last.off_reason}`}{' '}
      <RelativeTime at={last.off_at} />
    </p>
  );
}

function Estimate({ estimate }: { estimate: AutoAcceptEstimate }) {
  const columns: Column<TargetEstimate>[] = [
    {
      key: 'target',
      title: t('Error allowed'),
      isNumber: true,
      render: (row) => targetWords(row.target),
    },
    {
      key: 'state',
      title: t('State'),
      render: (row) => (
        <Chip
          tone={row.is_met ? 'good' : 'plain'}
          text={row.is_met ? t('possible') : t('not yet')}
        />
      ),
    },
    {
      key: 'would',
      title: t('Would answer'),
      isNumber: true,
      render: (row) =>
        estimate.open_count === null
          ? '–'
          : t('{part} of {whole}', {
              part: formatCount(row.would_accept_count),
              whole: formatCount(estimate.open_count),
            }),
    },
    {
      key: 'checked',
      title: t('Wrong when checked'),
      isNumber: true,
      render: (row) =>
        row.accepted_check_count === 0
          ? '–'
          : t('{part} of {whole}', {
              part: formatCount(row.error_count),
              whole: formatCount(row.accepted_check_count),
            }),
    },
    {
      key: 'bound',
      title: t('Error, at most'),
      isNumber: true,
      render: (row) => (row.accepted_check_count === 0 ? '–' : formatShare(row.bound, 1)),
    },
    { key: 'missing', title: t('Missing'), render: (row) => missingWords(row, estimate) },
  ];
  return (
    <Panel
      title={t('What it would do now')}
      side={t(
        'model {number}, round {round}: {count, plural, one {# read} other {# reads}} of the control arm, half calibrate and half check',
        {
          number: estimate.model_number,
          round: estimate.round_number,
          count: estimate.audit_count,
        },
      )}
      isFlush
    >
      <DataTable
        label={t('What it would do now')}
        rows={estimate.targets}
        columns={columns}
        rowId={(row) => String(row.target)}
      />
    </Panel>
  );
}
