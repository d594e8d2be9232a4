import { expect, test } from 'vitest';
import { isTableWithPictures, NOTHING, withPicked } from './picked';

const files = (...names: string[]) => names.map((name) => ({ name, file: new File([], name) }));

test('a table with nothing but pictures beside it belongs together', () => {
  expect(isTableWithPictures(files('a.csv', 'x/1.PNG', 'x/2.tiff', '3.jpeg'))).toBe(true);
  expect(isTableWithPictures(files('a.csv'))).toBe(false);
  expect(isTableWithPictures(files('1.png'))).toBe(false);
  expect(isTableWithPictures(files('a.csv', 'b.csv', '1.png'))).toBe(false);
  expect(isTableWithPictures(files('a.csv', '1.png', 'scan.dcm'))).toBe(false);
});

test('pictures add up and a new table takes the place of the old one', () => {
  const first = withPicked(NOTHING, files('a.csv', '1.png', 'notes.txt'));
  expect(first.table?.name).toBe('a.csv');
  const second = withPicked(first, files('b.tsv', '1.png', '2.png'));
  expect(second.table?.name).toBe('b.tsv');
  expect(second.pictures.map(({ name }) => name)).toEqual(['1.png', '2.png']);
});
