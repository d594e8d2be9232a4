import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { describe, expect, test, vi } from 'vitest';
import { toCsv } from './csv';
import {
  formatBytes,
  formatDuration,
  formatInterval,
  formatNumber,
  formatRelative,
  formatScore,
  formatShare,
  plural,
} from './format';
import { GeometryReports } from './GeometryReports';
import { summaryOf } from './geometryWords';
import { printedChord } from './KeyCap';
import { ProblemPanel } from './ProblemPanel';
import { ProgressRow } from './ProgressRow';
import { Thumbnail } from './Thumbnail';

const show = (node: ReactNode) => render(<MantineProvider>{node}</MantineProvider>);

describe('numbers carry their unit', () => {
  test('bytes', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(999)).toBe('999 B');
    expect(formatBytes(1500)).toBe('1.50 kB');
    expect(formatBytes(27_262_976)).toBe('27.3 MB');
    expect(formatBytes(null)).toBe('–');
  });

  test('durations', () => {
    expect(formatDuration(0)).toBe('0 s');
    expect(formatDuration(59_400)).toBe('59 s');
    expect(formatDuration(59_600)).toBe('1 min');
    expect(formatDuration(200_000)).toBe('3 min 20 s');
    expect(formatDuration(7_500_000)).toBe('2 h 05 min');
  });

  test('shares, scores and intervals', () => {
    expect(formatShare(0.1)).toBe('10 %');
    expect(formatShare(Number.NaN)).toBe('–');
    expect(formatScore(0.81249)).toBe('0.812');
    expect(formatInterval(0.7, 0.845)).toBe('0.70–0.85');
    expect(formatInterval(null, 0.8)).toBe('–');
  });

  test('a minus is a true one, and not there where nothing is left of a number', () => {
    expect(formatNumber(-0.0012, 3)).toBe('−0.001');
    expect(formatNumber(-0.0004, 3)).toBe('0.000');
    expect(formatNumber(-12.5)).toBe('−12.5');
    expect(formatNumber(-0)).toBe('0');
    expect(formatNumber(0.1 + 0.2)).toBe('0.3');
  });

  test('counts agree with their noun', () => {
    expect(plural(1, 'study', 'studies')).toBe('1 study');
    expect(plural(12_000, 'study', 'studies')).toBe('12,000 studies');
  });
});

test('relative time is honest about past and future', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(formatRelative('2026-11-23T11:59:57Z', now)).toBe('just now');
  expect(formatRelative('2026-11-23T11:20:00Z', now)).toBe('40 minutes ago');
  expect(formatRelative('2026-11-24T12:00:00Z', now)).toBe('tomorrow');
  expect(formatRelative('nonsense', now)).toBe('–');
});

test('a chord is printed as on the keyboard', () => {
  expect(printedChord('mod+shift+z', false)).toBe('Ctrl ⇧ Z');
  expect(printedChord('mod+k', true)).toBe('⌘ K');
  expect(printedChord('+', false)).toBe('+');
});

test('a spreadsheet cannot take a cell for a formula', () => {
  expect(
    toCsv(
      ['name', 'n'],
      [
        ['=1+1', -3],
        ['a "b", c', null],
      ],
    ),
  ).toBe('name,n\r\n\'=1+1,-3\r\n"a ""b"", c",\r\n');
});

test('a problem says what happened, what was kept, and what to do', () => {
  const retry = vi.fn();
  const problem = { status: 0, code: 'unreachable', title: 'No server', detail: '' };
  show(<ProblemPanel problem={problem} onRetry={retry} />);
  const panel = screen.getByRole('alert');
  expect(panel.textContent).toContain('No server');
  expect(panel.textContent).toContain('still on this page');
  expect(panel.textContent).toContain('Check the connection');
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(retry).toHaveBeenCalledOnce();
});

test('progress outside 0..1 stays inside the bar', () => {
  show(<ProgressRow title="Embedding" share={1.7} />);
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');
});

test('a picture that does not load says so', () => {
  show(<Thumbnail url="/missing.jpg" alt="case A" />);
  fireEvent.error(screen.getByRole('img', { name: 'case A' }));
  expect(screen.getByLabelText('no picture of case A')).toBeTruthy();
});

test('a geometry report says what the slices are and what is wrong with them', () => {
  const geometry = {
    trust: 'unreliable',
    image_count: 19,
    place_count: 19,
    images_per_place: 1,
    plane: 'axial',
    slice_spacing_mm: 2.5,
    is_volume: false,
    tilt_degrees: 0,
    findings: [{ code: 'missing_slices', count: 1, at_mm: [10], text: '' }],
  } as const;
  const waiting = { series_uid: '2', modality: 'CT', series_number: null, geometry: null };
  const series = { series_uid: '1', modality: 'CT', series_number: 4, geometry };
  show(<GeometryReports series={[series, waiting]} />);
  const [first, second] = screen.getAllByRole('listitem');
  expect(first?.textContent).toContain('Series 4 · CTunreliable19 axial slices, 2.50 mm apart');
  expect(first?.textContent).toContain(
    '1 slice is missing, at 10 mm from the first slice. Volumes',
  );
  expect(second?.textContent).toContain('being checked');
  expect(summaryOf({ ...geometry, is_volume: true, images_per_place: 4 })).toBe(
    '19 axial slices, 2.50 mm apart, 4 images at each; a volume',
  );
  expect(summaryOf({ ...geometry, place_count: 0, image_count: 1 })).toBe('A single image');
});
