import { expect, test } from 'vitest';
import { asText, shownRows, type Tag } from './tagRows';

const row = (path: string, keyword: string, vr: string, value = ''): Tag => ({
  path,
  depth: 0,
  tag: vr === '' ? '' : path.slice(-11),
  keyword,
  vr,
  value,
});

const ROWS = [
  row('(0008,0060)', 'Modality', 'CS', 'CT'),
  row('(0008,1140)', 'ReferencedImageSequence', 'SQ', '1 item'),
  row('(0008,1140)[1]', 'Item 1', ''),
  row('(0008,1140)[1](0008,1155)', 'ReferencedSOPInstanceUID', 'UI', '1.2.3'),
  row('(0018,0060)', 'KVP', 'DS', '120'),
];
const named = (rows: readonly Tag[]) => rows.map(({ keyword }) => keyword);

test('a folded sequence hides what is in it and nothing else', () => {
  expect(named(shownRows(ROWS, '', new Set()))).toHaveLength(5);
  const folded = new Set(['(0008,1140)']);
  expect(named(shownRows(ROWS, '', folded))).toEqual([
    'Modality',
    'ReferencedImageSequence',
    'KVP',
  ]);
  const item = new Set(['(0008,1140)[1]']);
  expect(named(shownRows(ROWS, '', item))).toHaveLength(4);
});

test('a search finds tag, name and value, in folded sequences too', () => {
  const folded = new Set(['(0008,1140)']);
  expect(named(shownRows(ROWS, '00180060', folded))).toEqual(['KVP']);
  expect(named(shownRows(ROWS, 'kvp', folded))).toEqual(['KVP']);
  expect(named(shownRows(ROWS, '1.2.3', folded))).toEqual(['ReferencedSOPInstanceUID']);
});

test('rows are copied one a line with the whole path', () => {
  expect(asText(ROWS.slice(3, 4))).toBe(
    '(0008,1140)[1](0008,1155)\tReferencedSOPInstanceUID\tUI\t1.2.3',
  );
});
