/** A plot with the table behind it; both can be downloaded. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '../words/t';
import { type Cell, download, toCsv } from './csv';
import { DataTable } from './DataTable';
import type { Drawn } from './echarts';
import { formatNumber } from './format';
import { Panel } from './Panel';
import { type PlotColours, plotColours } from './plotStyle';

export interface PlotTable {
  header: string[];
  rows: Cell[][];
}

interface Props {
  title: string;
  side?: ReactNode;
  /** For the file names of the downloads. */
  fileName: string;
  /** What the plot shows, in a sentence, for a screen reader. */
  description: string;
  option: (colours: PlotColours) => Record<string, unknown>;
  table: PlotTable;
  height?: number;
}

export function Plot(props: Props) {
  const { title, side, fileName, description, option, table, height = 280 } = props;
  const [view, setView] = useState('plot');
  const drawn = useRef<Drawn | null>(null);
  const save = () => {
    if (view === 'plot' && drawn.current) {
      download(`${fileName}.svg`, 'image/svg+xml', drawn.current.svg());
    } else {
      download(`${fileName}.csv`, 'text/csv', toCsv(table.header, table.rows));
    }
  };
  const format = view === 'plot' ? 'SVG' : 'CSV';
  const actions = (
    <>
      <SegmentedControl
        aria-label={t('{title}: plot or table', { title })}
        value={view}
        onChange={setView}
        data={[
          { value: 'plot', label: t('Plot') },
          { value: 'table', label: t('Table') },
        ]}
      />
      <Button
        variant="default"
        leftSection={<IconDownload size={14} />}
        onClick={save}
        aria-label={t('Download {title} as {format}', { title, format })}
      >
        {format}
      </Button>
    </>
  );
  return (
    <Panel title={title} side={side} actions={actions} isFlush={view === 'table'}>
      {view === 'plot' ? (
        <Canvas option={option} description={description} height={height} drawn={drawn} />
      ) : (
        <NumberTable title={title} table={table} height={height + 24} />
      )}
    </Panel>
  );
}

interface CanvasProps extends Pick<Props, 'option' | 'description'> {
  height: number;
  drawn: { current: Drawn | null };
}

function Canvas({ option, description, height, drawn }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(option);
  latest.current = option;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let isGone = false;
    const observer = new ResizeObserver(() => drawn.current?.resize());
    void import('./echarts').then(({ draw }) => {
      if (isGone) return;
      drawn.current = draw(element, latest.current(plotColours(element)));
      observer.observe(element);
    });
    return () => {
      isGone = true;
      observer.disconnect();
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, [drawn]);
  useEffect(() => {
    if (place.current) drawn.current?.redraw(option(plotColours(place.current)));
  }, [option, drawn]);
  return <div ref={place} style={{ height }} role="img" aria-label={description} />;
}

function NumberTable({
  title,
  table,
  height,
}: {
  title: string;
  table: PlotTable;
  height: number;
}) {
  const rows = useMemo(
    () => table.rows.map((cells, index) => ({ id: String(index), cells })),
    [table],
  );
  const columns = table.header.map((heading, index) => ({
    key: heading,
    title: heading,
    isNumber: table.rows.some((cells) => typeof cells[index] === 'number'),
    render: (row: { cells: Cell[] }) => cellText(row.cells[index]),
    sortValue: (row: { cells: Cell[] }) => row.cells[index],
  }));
  return (
    <DataTable
      label={title}
      rows={rows}
      columns={columns}
      rowId={(row) => row.id}
      height={`${height}px`}
      isDense
    />
  );
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell !== 'number') return cell;
  return formatNumber(cell, Number.isInteger(cell) ? 0 : 4);
}
