/** Studies, one a row. */
import { type ReactNode, useMemo } from 'react';
import type { StudyRow } from '../../api/studies';
import { Chip } from '../../ui/Chip';
import { type Column, DataTable } from '../../ui/DataTable';
import { formatCount, spoken } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { studyColumns } from '../../ui/studyColumns';
import { TrustBadge } from '../../ui/TrustBadge';
import { t } from '../../words/t';
import { ChooseBox } from './chosen/ChooseBox';
import type { Chosen } from './chosen/useChosen';

const COLUMNS: Column<StudyRow>[] = [
  ...studyColumns<StudyRow>(),
  {
    key: 'modality',
    title: t('Modality'),
    sortValue: (row) => row.modality,
    render: (row) => row.modality ?? '–',
  },
  {
    key: 'body',
    title: t('Body part'),
    sortValue: (row) => row.body_part,
    render: (row) => row.body_part ?? '–',
  },
  { key: 'site', title: t('Site'), sortValue: (row) => row.site, render: (row) => row.site ?? '–' },
  {
    key: 'manufacturer',
    title: t('Manufacturer'),
    sortValue: (row) => row.manufacturer,
    render: (row) => <span title={row.manufacturer ?? undefined}>{row.manufacturer ?? '–'}</span>,
  },
  {
    key: 'images',
    title: t('Images'),
    isNumber: true,
    sortValue: (row) => row.instance_count,
    render: (row) => formatCount(row.instance_count),
  },
  {
    key: 'trust',
    title: t('Geometry'),
    sortValue: (row) => row.trust,
    render: (row) => <TrustBadge trust={row.trust} />,
  },
  {
    key: 'reading',
    title: t('Reading'),
    sortValue: (row) => row.task_state,
    render: (row) => (row.task_state ? <Chip text={spoken(row.task_state)} /> : '–'),
  },
  {
    key: 'holdout',
    title: t('Hold-out'),
    sortValue: (row) => row.is_holdout,
    render: (row) => (row.is_holdout ? <Chip text={t('held out')} /> : '–'),
  },
  {
    key: 'created',
    title: t('Came in'),
    sortValue: (row) => row.created_at,
    render: (row) => <RelativeTime at={row.created_at} />,
  },
];

interface Props {
  rows: readonly StudyRow[];
  activeId: string | null;
  onOpen: (row: StudyRow) => void;
  onOrder: (ids: readonly string[]) => void;
  onEnd: () => void;
  foot: ReactNode;
  empty: ReactNode;
  /** Present where studies may be chosen. */
  chosen: Chosen | null;
}

const studyId = (row: StudyRow) => row.id;

export function StudyTable({ chosen, onOpen, ...props }: Props) {
  const columns = useMemo(() => (chosen ? [choosing(chosen), ...COLUMNS] : COLUMNS), [chosen]);
  return (
    <DataTable
      label={t('Studies')}
      columns={columns}
      rowId={studyId}
      height="calc(100vh - 230px)"
      onOpen={(row, press) => {
        if (chosen && press.shiftKey) chosen.extendTo(row.id);
        else if (chosen && (press.ctrlKey || press.metaKey)) chosen.toggle(row.id);
        else onOpen(row);
      }}
      {...props}
    />
  );
}

const choosing = (chosen: Chosen): Column<StudyRow> => ({
  key: 'choose',
  title: '',
  width: 28,
  render: (row) => <ChooseBox id={row.id} name={row.pseudonym} chosen={chosen} />,
});
