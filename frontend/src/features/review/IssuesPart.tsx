/** Questions of readers that wait for an answer, and those answered last. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Issue, issuesQuery } from '../../api/comments';
import { type Column, DataTable } from '../../ui/DataTable';
import { EmptyState } from '../../ui/EmptyState';
import { Loaded } from '../../ui/Loaded';
import { RelativeTime } from '../../ui/RelativeTime';
import { studyColumns } from '../../ui/studyColumns';
import { t } from '../../words/t';
import { readerColumn } from './readerColumn';

interface Props {
  projectId: string;
  onLook: (readId: string) => void;
}

const COLUMNS: Column<Issue>[] = [
  ...studyColumns<Issue>(),
  readerColumn(),
  { key: 'text', title: t('Question'), sortValue: (row) => row.text, render: (row) => row.text },
  {
    key: 'answer',
    title: t('Answer'),
    sortValue: (row) => row.answer,
    render: (r) => r.answer ?? '–',
  },
  {
    key: 'at',
    title: t('Asked'),
    sortValue: (row) => row.created_at,
    render: (row) => <RelativeTime at={row.created_at} />,
  },
];

export function IssuesPart({ projectId, onLook }: Props) {
  const issues = useQuery(issuesQuery(projectId));
  const hidden = issues.data?.hidden_count ?? 0;
  const rows = useMemo(
    () => (issues.data ? [...issues.data.waiting, ...issues.data.answered] : []),
    [issues.data],
  );
  return (
    <Loaded of={issues}>
      {() => (
        <DataTable
          label={t('Issues')}
          rows={rows}
          columns={COLUMNS}
          rowId={(row) => row.id}
          onOpen={(row) => onLook(row.read_id)}
          height="calc(100vh - 180px)"
          empty={
            <EmptyState
              title={t('No question waits')}
              text={t(
                'A reader who cannot go on raises an issue; it is answered here, beside the image.',
              )}
            />
          }
          foot={
            hidden > 0 &&
            t(
              '{count, plural, one {# more question} other {# more questions}} would unblind you: a place of the case is still free or yours.',
              { count: hidden },
            )
          }
        />
      )}
    </Loaded>
  );
}
