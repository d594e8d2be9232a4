/** What showing the model does to readers: first reads against what was submitted after it. */
import { Button, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { labelSchemaQuery } from '../../api/projects';
import { type StagedReads, type StagedTally, stagedReadsQuery } from '../../api/reviews';
import { download, toCsv } from '../../ui/csv';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { formatCount, formatShare, plural } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { StatRow, StatTile } from '../../ui/StatTile';

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
            title="No staged reads yet"
            text="Switch on “Two stages” under Project, Rules: readers then lock a first read before the model is shown, and what it changed stands here."
          />
        ) : (
          <Stack>
            <Tiles total={data.total} fewest={data.fewest_pairs} />
            <Tallies title="By reader" rows={data.readers} nameOf={(name) => name} />
            <Tallies title="By first answer" rows={data.classes} nameOf={nameOf} />
            <div>
              <Button
                variant="default"
                leftSection={<IconDownload size={14} />}
                onClick={() => download('staged-reads.csv', 'text/csv', pairsCsv(data))}
              >
                Every staged read as CSV
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
    share === null ? `no share below ${fewest} reads` : `of ${plural(of, 'read')}`;
  return (
    <StatRow>
      <StatTile
        label="Changed after the model"
        value={`${formatCount(total.changed_count)} of ${formatCount(total.count)}`}
        note={
          total.changed_share === null
            ? shareNote(null, 0)
            : `${formatShare(total.changed_share)}, ${formatCount(total.followed_count)} to its suggestion`
        }
      />
      <StatTile
        label="Wrong to right"
        value={formatCount(total.wrong_to_right_count)}
        note={`${plural(total.judged_count, 'read')} can be judged`}
      />
      <StatTile
        label="Right to wrong"
        value={formatCount(total.right_to_wrong_count)}
        note="led astray"
      />
      <StatTile
        label="Right before the model"
        value={formatShare(total.first_right_share)}
        note={shareNote(total.first_right_share, total.judged_count)}
      />
      <StatTile
        label="Right after the model"
        value={formatShare(total.final_right_share)}
        note={shareNote(total.final_right_share, total.judged_count)}
      />
    </StatRow>
  );
}

interface TalliesProps {
  title: string;
  rows: StagedTally[];
  nameOf: NameOf;
}

function Tallies({ title, rows, nameOf }: TalliesProps) {
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
      title: title.replace('By ', ''),
      sortValue: (row) => nameOf(row.name),
      render: (row) => nameOf(row.name),
    },
    number('count', 'Reads', (row) => row.count),
    number('changed', 'Changed', (row) => row.changed_count),
    number('share', 'Share', (row) => row.changed_share, formatShare),
    number('followed', 'To the suggestion', (row) => row.followed_count),
    number('judged', 'Can be judged', (row) => row.judged_count),
    number('better', 'Wrong to right', (row) => row.wrong_to_right_count),
    number('worse', 'Right to wrong', (row) => row.right_to_wrong_count),
    number('before', 'Right before', (row) => row.first_right_share, formatShare),
    number('after', 'Right after', (row) => row.final_right_share, formatShare),
  ];
  return (
    <Panel title={title} side="a share needs ten reads" isFlush>
      <DataTable
        label={`Staged reads ${title.toLowerCase()}`}
        rows={rows}
        columns={columns}
        rowId={(row) => row.name}
      />
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
