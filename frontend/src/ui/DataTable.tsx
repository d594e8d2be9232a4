/** A dense table for any number of rows: sorting, a current row, only visible rows in the page. */
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import styles from './DataTable.module.css';
import { nextSort, type Sort, type SortValue, sortRows } from './tableSort';

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** Present where the column can be sorted. */
  sortValue?: (row: Row) => SortValue;
  isNumber?: boolean;
  width?: number | string;
}

interface Props<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  /** A click on a row; what was held down meanwhile is the caller's business. */
  onOpen?: (row: Row, press: MouseEvent) => void;
  activeId?: string | null;
  /** Told the ids of the rows as they stand, after every change. */
  onOrder?: (ids: readonly string[]) => void;
  /** CSS height of the scrolling part; without one the table is as tall as its rows. */
  height?: string;
  isDense?: boolean;
  empty?: ReactNode;
  foot?: ReactNode;
  /** Called when the last row comes into view. */
  onEnd?: () => void;
}

const LEAST_TO_VIRTUALISE = 80;
const WITHOUT_LAYOUT = { width: 800, height: 600 };

export function DataTable<Row>(props: Props<Row>) {
  const { label, rows, columns, rowId, activeId, isDense = false, onEnd, onOrder } = props;
  const [sort, setSort] = useState<Sort | null>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    const column = columns.find((one) => one.key === sort?.key);
    return column?.sortValue && sort ? sortRows(rows, column.sortValue, sort.isDescending) : rows;
  }, [rows, columns, sort]);
  const isVirtual = props.height !== undefined && sorted.length > LEAST_TO_VIRTUALISE;
  const virtual = useVirtualizer({
    count: isVirtual ? sorted.length : 0,
    getScrollElement: () => scroll.current,
    estimateSize: () => (isDense ? 28 : 32),
    overscan: 12,
    initialRect: WITHOUT_LAYOUT,
  });
  const items = virtual.getVirtualItems();
  const first = isVirtual ? (items[0]?.index ?? 0) : 0;
  const last = isVirtual ? (items.at(-1)?.index ?? -1) : sorted.length - 1;
  const rowHeight = isDense ? 28 : 32;
  const isAtEnd = last === sorted.length - 1;

  useEffect(() => {
    onOrder?.(sorted.map(rowId));
  }, [sorted, rowId, onOrder]);

  useEffect(() => {
    if (isAtEnd && isVirtual) onEnd?.();
  }, [isAtEnd, isVirtual, onEnd]);

  useEffect(() => {
    const index = sorted.findIndex((row) => rowId(row) === activeId);
    if (index < 0) return;
    if (isVirtual) virtual.scrollToIndex(index);
    else scroll.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [activeId, sorted, rowId, isVirtual, virtual.scrollToIndex]);

  if (rows.length === 0 && props.empty) return <>{props.empty}</>;
  return (
    <div ref={scroll} className={styles.scroll} style={{ maxHeight: props.height }}>
      <table className={`${styles.table} ${isDense ? styles.dense : ''}`} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell
                key={column.key}
                column={column}
                sort={sort}
                onSort={() => setSort(nextSort(sort, column.key))}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={first * rowHeight} />
          {sorted.slice(first, last + 1).map((row) => (
            <BodyRow
              key={rowId(row)}
              row={row}
              columns={columns}
              isActive={rowId(row) === activeId}
              onOpen={props.onOpen}
            />
          ))}
          <Gap height={(sorted.length - 1 - last) * rowHeight} />
        </tbody>
      </table>
      {props.foot && <div className={styles.foot}>{props.foot}</div>}
    </div>
  );
}

/** Shift and a click choose rows; they should not mark the words between. */
function keepWordsUnmarked(press: MouseEvent) {
  if (press.shiftKey) press.preventDefault();
}

function Gap({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort: Sort | null;
  onSort: () => void;
}

function HeadCell<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const isSorted = sort?.key === column.key;
  const direction = isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined;
  // A heading without words would be read out as nothing.
  if (column.title === '') return <td className={styles.blank} style={{ width: column.width }} />;
  const Arrow = sort?.isDescending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={column.isNumber ? styles.number : undefined}
      style={{ width: column.width }}
    >
      {column.sortValue ? (
        <button type="button" className={styles.sort} onClick={onSort}>
          {column.title}
          {isSorted && <Arrow size={12} aria-hidden="true" />}
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

interface RowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  isActive: boolean;
  onOpen?: (row: Row, press: MouseEvent) => void;
}

function BodyRow<Row>({ row, columns, isActive, onOpen }: RowProps<Row>) {
  const classes = [onOpen ? styles.clickable : '', isActive ? styles.active : ''].join(' ');
  return (
    // The row is a larger target for the pointer; the keyboard has j, k and Enter.
    <tr
      className={classes}
      aria-current={isActive ? 'true' : undefined}
      onClick={onOpen ? (press) => onOpen(row, press) : undefined}
      onMouseDown={keepWordsUnmarked}
    >
      {columns.map((column) => (
        <td key={column.key} className={column.isNumber ? styles.number : undefined}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}
