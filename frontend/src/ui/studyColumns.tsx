/** The columns that say which study a row of a table is about. */
import { t } from '../words/t';
import type { Column } from './DataTable';
import { Thumbnail } from './Thumbnail';

interface AboutStudy {
  readonly thumbnail_url: string | null;
  readonly pseudonym: string;
}

export const studyColumns = <Row extends AboutStudy>(): Column<Row>[] => [
  {
    key: 'thumbnail',
    title: '',
    width: 40,
    render: (row) => <Thumbnail url={row.thumbnail_url} alt={row.pseudonym} />,
  },
  {
    key: 'study',
    title: t('Study'),
    sortValue: (row) => row.pseudonym,
    render: (row) => <span title={row.pseudonym}>{row.pseudonym}</span>,
  },
];
