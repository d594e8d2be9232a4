/** What showing the model does to readers: first reads against what was submitted after it. */
import { Button, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { labelSchemaQuery } from '../../api/projects';
import { type StagedReads, type StagedTally, stagedReadsQuery } from '../../api/reviews';
import { download, toCsv } from '../../ui/csv';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatShare } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { StatRow, StatTile } from '../../ui/StatTile';
import { t } from '../../words/t';

type NameOf = (answer: string) => string;

export function StagedPart({ projectId }: { projectId: string }) {
  const staged = useQuery(stagedReadsQuery(projectId));
  const { data: schema } = useQuery(labelSchemaQuery(projectId));
  // Several classes of one answer are joined by a plus.
  const nameOf: NameOf = (answer) =>
    answer
      .split('+')
      .map((key) => schema?.labels.find((label) => label.key === key)?.name ?? key)
      .join(' + ');
  return (
    <Loaded of={staged} rows={6}>
      {(data) =>
        data.total.count === 0 ? (
          <EmptyState
            title={t('No staged reads yet')}
            text={t(
              'Switch on “Two stages” under Project, Rules: readers then lock a first read before the model is shown, and what it changed stands here.',
            )}
          />
        ) : (
          <Stack>
            <Tiles total={data.total} fewest={data.fewest_pairs} />
            <Tallies
              title={t('By reader')}
              group={t('Reader')}
              rows={data.readers}
              nameOf={(name) => name}
            />
            <Tallies
              title={t('By first answer')}
              group={t('First answer')}
              rows={data.classes}
              nameOf={nameOf}
            />
            <div>
              <Button
                variant="default"
                leftSection={<IconDownload size={14} />}
                onClick={() => download('staged-reads.csv', 'text/csv', pairsCsv(data))}
              >
                {t('Every staged read as CSV')}
              </Button>
            </div>
          </Stack>
        )
      }
    </Loaded>
  );
}

function Tiles({ total, fewest }: { total: StagedTally; fewest: number }) {
  const shareNote = (share: number | null, of: number) =>
    share === null
      ? t('no share below {fewest} reads', { fewest })
      : t('of {count, plural, one {# read} other {# reads}}', { count: of });
  return (
    <StatRow>
      <StatTile
        label={t('Changed after the model')}
        value={t('{part} of {whole}', {
          part: formatCount(total.changed_count),
          whole: formatCount(total.count),
        })}
        note={
          total.changed_share === null
            ? shareNote(null, 0)
            : t('{changedShare}, {followedCount} to its suggestion', {
                changedShare: formatShare(total.changed_share),
                followedCount: formatCount(total.followed_count),
              })
        }
      />
      <StatTile
        label={t('Wrong to right')}
        value={formatCount(total.wrong_to_right_count)}
        note={t('{count, plural, one {# read} other {# reads}} can be judged', {
          count: total.judged_count,
        })}
      />
      <StatTile
        label={t('Right to wrong')}
        value={formatCount(total.right_to_wrong_count)}
        note={t('led astray')}
      />
      <StatTile
        label={t('Right before the model')}
        value={formatShare(total.first_right_share)}
        note={shareNote(total.first_right_share, total.judged_count)}
      />
      <StatTile
        label={t('Right after the model')}
        value={formatShare(total.final_right_share)}
        note={shareNote(total.final_right_share, total.judged_count)}
      />
    </StatRow>
  );
}

interface TalliesProps {
  title: string;
  /** What each row stands for. */
  group: string;
  rows: StagedTally[];
  nameOf: NameOf;
}

function Tallies({ title, group, rows, nameOf }: TalliesProps) {
  const number = (
    key: string,
    name: string,
    of: (row: StagedTally) => number | null,
    format: (value: number | null) => string = (value) => formatCount(value ?? 0),
  ): Column<StagedTally> => ({
    key,
    title: name,
    isNumber: true,
    sortValue: (row) => of(row) ?? -1,
    render: (row) => format(of(row)),
  });
  const columns: Column<StagedTally>[] = [
    {
      key: 'name',
      title: group,
      sortValue: (row) => nameOf(row.name),
      render: (row) => nameOf(row.name),
    },
    number('count', t('Reads'), (row) => row.count),
    number('changed', t('Changed'), (row) => row.changed_count),
    number('share', t('Share'), (row) => row.changed_share, formatShare),
    number('followed', t('To the suggestion'), (row) => row.followed_count),
    number('judged', t('Can be judged'), (row) => row.judged_count),
    number('better', t('Wrong to right'), (row) => row.wrong_to_right_count),
    number('worse', t('Right to wrong'), (row) => row.right_to_wrong_count),
    number('before', t('Right before'), (row) => row.first_right_share, formatShare),
    number('after', t('Right after'), (row) => row.final_right_share, formatShare),
  ];
  return (
    <Panel title={title} side={t('a share needs ten reads')} isFlush>
      <DataTable label={title} rows={rows} columns={columns} rowId={(row) => row.name} />
    </Panel>
  );
}

const HEADER = [
  'case',
  'reader',
  'first',
  'suggested',
  'final',
  'held_right',
  'changed',
  'first_active_seconds',
  'active_seconds',
];

export const pairsCsv = ({ pairs }: StagedReads): string =>
  toCsv(
    HEADER,
    pairs.map((pair) => [
      pair.pseudonym,
      pair.reader_name,
      pair.first,
      pair.suggested,
      pair.final,
      pair.reference,
      pair.is_changed ? 'yes' : 'no',
      Math.round(pair.first_active_ms / 1000),
      Math.round(pair.active_ms / 1000),
    ]),
  );
