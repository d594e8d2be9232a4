/** Search and facets over the studies, as a table or as pictures. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  EVERYTHING,
  facetsQuery,
  type StudyFilter,
  type StudyRow,
  studiesQuery,
} from '../../api/studies';
import { useCommands } from '../../commands/useCommands';
import { EmptyState } from '../../ui/EmptyState';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import { Cohorts } from './Cohorts';
import { ChosenBar } from './chosen/ChosenBar';
import { useChoosingKeys } from './chosen/useChoosingKeys';
import { useChosen, useOrder } from './chosen/useChosen';
import { Facets } from './Facets';
import { QualityCharts } from './QualityCharts';
import styles from './Studies.module.css';
import { StudyGrid } from './StudyGrid';
import { StudyTable } from './StudyTable';
import type { StudiesView } from './view';

const TYPING_MS = 250;
const VIEWS = ['pictures', 'quality'] as const;

interface Props {
  projectId: string;
  view: StudiesView;
  onView: (change: StudiesView) => void;
  canManage: boolean;
}

function filterOf({ tab: _tab, view: _view, study: _study, ...filter }: StudiesView): StudyFilter {
  return filter;
}

export function StudyBrowser({ projectId, view, onView, canManage }: Props) {
  const filter = filterOf(view);
  const facets = useQuery({
    ...facetsQuery(projectId, filter),
    placeholderData: keepPreviousData,
  });
  const studies = useInfiniteQuery({
    ...studiesQuery(projectId, filter),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(
    () => studies.data?.pages.flatMap((page) => page.items) ?? [],
    [studies.data],
  );
  const total = studies.data?.pages[0]?.total ?? 0;
  const more = () => {
    if (studies.hasNextPage && !studies.isFetchingNextPage) void studies.fetchNextPage();
  };
  const open = (row: StudyRow) => onView({ study: row.id });
  const foot = studies.hasNextPage && (
    <Button variant="default" loading={studies.isFetchingNextPage} onClick={more}>
      {t('Show more of {count, plural, one {# study} other {# studies}}', { count: total })}
    </Button>
  );
  // a cohort puts another text into the field
  const [searchKey, setSearchKey] = useState(0);
  const [currentId, setCurrent] = useState<string | null>(null);
  const [order, setOrder] = useOrder();
  const listKey = JSON.stringify(filter);
  const chosen = useChosen(listKey, order, rows.length >= total);
  const isTable = view.view === undefined;
  const isOpen = view.study !== undefined;
  const commands = useMemo(() => {
    const move = (by: 1 | -1) => () => {
      const ids = isTable ? order : rows.map((row) => row.id);
      const at = currentId === null ? -1 : ids.indexOf(currentId);
      setCurrent(ids[Math.max(0, Math.min(ids.length - 1, at + by))] ?? null);
    };
    const isEnabled = () => !isOpen && rows.length > 0;
    const section = t('Studies');
    return [
      { id: 'studies.down', title: t('Next study'), shortcut: ['j', 'down'], run: move(1) },
      { id: 'studies.up', title: t('Previous study'), shortcut: ['k', 'up'], run: move(-1) },
      {
        id: 'studies.open',
        title: t('Open the marked study'),
        shortcut: 'enter',
        run: () => onView({ study: currentId ?? order[0] ?? rows[0]?.id }),
      },
    ].map((command) => ({ ...command, section, isEnabled }));
  }, [rows, order, isTable, currentId, isOpen, onView]);
  useCommands('studies', commands);
  useChoosingKeys({
    scope: 'studies',
    section: t('Studies'),
    order,
    currentId,
    onCurrent: setCurrent,
    chosen,
    isEnabled: canManage && isTable && !isOpen,
  });
  const isNarrowed = Object.values(filter).some((value) => value !== undefined);
  const empty = <NoStudies isNarrowed={isNarrowed} canManage={canManage} />;
  return (
    <div className={styles.browse}>
      <Facets
        head={
          <Cohorts
            projectId={projectId}
            filter={filter}
            total={total}
            canManage={canManage}
            onFilter={(next) => {
              setSearchKey(searchKey + 1);
              onView({ ...EVERYTHING, ...next });
            }}
          />
        }
        facets={facets.data}
        filter={filter}
        showHoldout={canManage}
        onChange={onView}
      />
      <Panel
        title={t('Studies')}
        side={
          studies.data && t('{count, plural, one {# study} other {# studies}}', { count: total })
        }
        actions={
          <>
            <Search
              key={searchKey}
              value={view.search ?? ''}
              onChange={(search) => onView({ search })}
            />
            <SegmentedControl
              aria-label={t('Table, pictures or quality')}
              value={view.view ?? 'table'}
              onChange={(next) => onView({ view: VIEWS.find((one) => one === next) })}
              data={[
                { value: 'table', label: t('Table') },
                { value: 'pictures', label: t('Pictures') },
                { value: 'quality', label: t('Quality') },
              ]}
            />
          </>
        }
        isFlush
      >
        {canManage && isTable && (
          <ChosenBar
            projectId={projectId}
            studies={chosen.isAll ? { filter } : { study_ids: [...chosen.ids] }}
            count={chosen.isAll ? total : chosen.ids.size}
            onNone={chosen.none}
          />
        )}
        <Loaded of={studies} rows={12}>
          {() => {
            if (rows.length === 0) return empty;
            if (view.view === 'quality')
              return <QualityCharts projectId={projectId} filter={filter} onView={onView} />;
            if (view.view === 'pictures')
              return <StudyGrid rows={rows} onOpen={open} foot={foot} />;
            return (
              <StudyTable
                rows={rows}
                activeId={view.study ?? currentId}
                onOpen={open}
                onOrder={setOrder}
                chosen={canManage ? chosen : null}
                onEnd={more}
                foot={foot}
                empty={empty}
              />
            );
          }}
        </Loaded>
      </Panel>
    </div>
  );
}

function Search({ value, onChange }: { value: string; onChange: (text?: string) => void }) {
  const [text, setText] = useState(value);
  const report = useDebouncedCallback(
    (next: string) => onChange(next.trim() || undefined),
    TYPING_MS,
  );
  return (
    <TextInput
      aria-label={t('Find a study')}
      placeholder={t('Find a study')}
      leftSection={<IconSearch size={14} />}
      w={220}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        report(event.currentTarget.value);
      }}
    />
  );
}

function NoStudies({ isNarrowed, canManage }: { isNarrowed: boolean; canManage: boolean }) {
  if (isNarrowed) {
    return (
      <EmptyState title={t('No study is like this')} text={t('Take a filter away to see more.')} />
    );
  }
  return (
    <EmptyState
      title={t('No images yet')}
      text={
        canManage
          ? t(
              'Drop a folder, DICOM files or a zip anywhere on this page. Identifiers are removed before anything is stored.',
            )
          : t('A data manager brings the images in.')
      }
    />
  );
}
