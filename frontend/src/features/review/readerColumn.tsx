/** Who read a case, or that the project keeps it from whoever looks. */
import type { Column } from '../../ui/DataTable';
import { t } from '../../words/t';

export const readerColumn = <
  Row extends { readonly reader_name: string | null },
>(): Column<Row> => ({
  key: 'reader',
  title: t('Reader'),
  sortValue: (row) => row.reader_name,
  render: (row) =>
    row.reader_name ?? <span title={t('This project is blinded')}>{t('hidden')}</span>,
});
