import { expect, test, vi } from 'vitest';
import type { ReadRow } from '../../api/tasks';
import { findConflicts } from '../../commands/registry';
import { mergeRows, rowsFor } from './readState';
import { waiting } from './waiting';
import { neighbour, worklistCommands } from './worklistCommands';

function row(id: string, state: ReadRow['state']): ReadRow {
  return {
    id,
    task_id: `task ${id}`,
    study_id: `study ${id}`,
    thumbnail_url: '',
    pseudonym: id,
    modality: 'DX',
    state,
    reason: null,
    arm: null,
    lease_until: null,
    submitted_at: null,
    active_ms: 0,
    skip_reason: null,
  };
}

const ROWS = [row('a', 'submitted'), row('b', 'draft'), row('c', 'returned'), row('d', 'skipped')];

test('returned cases come first, then unfinished ones', () => {
  expect(rowsFor(ROWS, 'all').map((one) => one.id)).toEqual(['c', 'b', 'a', 'd']);
  expect(rowsFor(ROWS, 'unfinished').map((one) => one.id)).toEqual(['c', 'b']);
  expect(rowsFor(ROWS, 'skipped').map((one) => one.id)).toEqual(['d']);
});

test('a read that is in both lists is shown once', () => {
  expect(mergeRows(ROWS, [row('c', 'returned')])).toHaveLength(4);
});

test('j and k stop at the ends, and above the first row is "read next"', () => {
  expect(neighbour(ROWS, null, 1)).toBe('a');
  expect(neighbour(ROWS, 'd', 1)).toBe('d');
  expect(neighbour(ROWS, 'a', -1)).toBeNull();
  expect(neighbour([], null, 1)).toBeNull();
});

function commands(activeId: string | null, isNextAvailable: boolean) {
  const open = vi.fn();
  const list = worklistCommands({ rows: ROWS, activeId, isNextAvailable, select: vi.fn(), open });
  return { list, open, enter: list[0] ?? expect.fail('no command') };
}

test('Enter opens the marked case, and without one the next in the queue', () => {
  const marked = commands('b', false);
  marked.enter.run();
  expect(marked.open).toHaveBeenCalledWith('b');
  const unmarked = commands(null, true);
  unmarked.enter.run();
  expect(unmarked.open).toHaveBeenCalledWith(null);
});

test('Enter does nothing when no case is marked and none is waiting', () => {
  expect(commands(null, false).enter.isEnabled?.()).toBe(false);
});

test('no two commands of the worklist share a key', () => {
  expect(findConflicts(commands(null, true).list)).toEqual([]);
});

test('the cases that wait are counted, and where there are too many the list says so', () => {
  expect(waiting({ open_count: 1, has_more: false })).toBe('1 case waiting in this project');
  expect(waiting({ open_count: 12, has_more: false })).toBe('12 cases waiting in this project');
  expect(waiting({ open_count: 1500, has_more: true })).toBe(
    'More than 1,500 cases waiting in this project',
  );
});
