import { fireEvent, render, screen, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { type Column, DataTable } from './DataTable';
import { nextSort, sortRows } from './tableSort';

interface Row {
  id: string;
  count: number | null;
}

const ROWS: Row[] = [
  { id: 'case 10', count: 2 },
  { id: 'case 9', count: null },
  { id: 'case 1', count: 30 },
];

const COLUMNS: Column<Row>[] = [
  { key: 'id', title: 'Case', render: (row) => row.id, sortValue: (row) => row.id },
  { key: 'count', title: 'Marks', render: (row) => row.count, sortValue: (row) => row.count },
];

function cases(): (string | undefined)[] {
  const [, ...rows] = screen.getAllByRole('row');
  return rows.map((row) => within(row).getAllByRole('cell')[0]?.textContent ?? undefined);
}

describe('sorting', () => {
  test('words with numbers in them sort by the number', () => {
    const sorted = sortRows(ROWS, (row) => row.id, false);
    expect(sorted.map((row) => row.id)).toEqual(['case 1', 'case 9', 'case 10']);
  });

  test('rows without a value come last in both directions', () => {
    for (const isDescending of [false, true]) {
      expect(sortRows(ROWS, (row) => row.count, isDescending).at(-1)?.id).toBe('case 9');
    }
  });

  test('the third click gives the first order back', () => {
    const up = nextSort(null, 'id');
    const down = nextSort(up, 'id');
    expect([up, down, nextSort(down, 'id')]).toEqual([
      { key: 'id', isDescending: false },
      { key: 'id', isDescending: true },
      null,
    ]);
  });

  test('a click on the heading sorts, and says so to a screen reader', () => {
    render(<DataTable label="Cases" rows={ROWS} columns={COLUMNS} rowId={(row) => row.id} />);
    fireEvent.click(screen.getByRole('button', { name: 'Marks' }));
    expect(cases()).toEqual(['case 10', 'case 1', 'case 9']);
    const heading = screen.getByRole('columnheader', { name: 'Marks' });
    expect(heading.getAttribute('aria-sort')).toBe('ascending');
  });
});

describe('rows', () => {
  test('a click opens the row', () => {
    const open = vi.fn();
    render(
      <DataTable
        label="Cases"
        rows={ROWS}
        columns={COLUMNS}
        rowId={(row) => row.id}
        onOpen={open}
      />,
    );
    fireEvent.click(screen.getByText('case 1'));
    expect(open.mock.calls[0]?.[0]).toBe(ROWS[2]);
  });

  test('a hundred thousand rows put few into the page', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({
      id: `row ${index}`,
      count: index,
    }));
    render(
      <DataTable
        label="Cases"
        rows={many}
        columns={COLUMNS}
        rowId={(row) => row.id}
        height="400px"
      />,
    );
    expect(screen.getAllByRole('row').length).toBeLessThan(120);
  });

  test('an empty table shows what to do instead', () => {
    render(
      <DataTable
        label="Cases"
        rows={[]}
        columns={COLUMNS}
        rowId={(row) => row.id}
        empty="Upload"
      />,
    );
    expect(screen.queryByRole('table')).toBeNull();
    expect(screen.getByText('Upload')).toBeTruthy();
  });
});
