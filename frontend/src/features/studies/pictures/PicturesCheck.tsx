/** What a table says in its first rows, what would come of it, and what would go wrong. */
import { Text } from '@mantine/core';
import type { PictureCheck } from '../../../api/pictures';
import { type Column, DataTable } from '../../../ui/DataTable';
import { formatCount } from '../../../ui/format';
import { ProblemPanel } from '../../../ui/ProblemPanel';
import { t, told } from '../../../words/t';
import { outcomeOf } from './form';

interface Row {
  key: string;
  cells: string[];
}

export function PicturesCheck({ check }: { check: PictureCheck }) {
  const rows = check.rows.map((cells, index): Row => ({ key: String(index), cells }));
  const columns = check.header.map(
    (title, index): Column<Row> => ({
      key: String(index),
      title,
      render: ({ cells }) => cells[index] ?? '',
    }),
  );
  const wrong = wrongIn(check);
  return (
    <>
      {wrong && (
        <ProblemPanel
          problem={{
            status: 422,
            code: 'table-unusable',
            title: t('Nothing can be brought in so'),
            detail: wrong,
          }}
        />
      )}
      {!check.problem && (
        <ul aria-label={t('What will come of it')}>
          {outcomeOf(check).map((line) => (
            <li key={line}>{line}</li>
          ))}
          {check.labels.length > 0 && (
            <li>
              {check.labels.map(({ name, count }) => `${name} ${formatCount(count)}`).join(' · ')}
            </li>
          )}
        </ul>
      )}
      <Text size="sm" c="dimmed">
        {t('The first rows of the table')}
      </Text>
      <DataTable
        label={t('The first rows of the table')}
        rows={rows}
        columns={columns}
        rowId={({ key }) => key}
        isDense
      />
    </>
  );
}

function wrongIn({ problem, unknown_labels: unknown }: PictureCheck): string {
  if (problem) return told(problem);
  if (unknown.length === 0) return '';
  return t(
    'The project has no class {names}. Add it to the labels of the project, or take the column away.',
    { names: unknown.join(', ') },
  );
}
