/** A table and pictures among the files that were chosen or dropped. */
import type { PickedFile } from '../upload/dropped';

const PICTURE = /\.(png|jpe?g|tiff?)$/i;
const TABLE = /\.(csv|tsv)$/i;

export interface PickedPictures {
  table: PickedFile | null;
  pictures: PickedFile[];
}

export const NOTHING: PickedPictures = { table: null, pictures: [] };

/** What was there already with what came new; a new table takes the place of the old one. */
export function withPicked(had: PickedPictures, files: readonly PickedFile[]): PickedPictures {
  const fresh = files.filter(({ name }) => PICTURE.test(name));
  const names = new Set(fresh.map(({ name }) => name));
  return {
    table: files.find(({ name }) => TABLE.test(name)) ?? had.table,
    pictures: [...had.pictures.filter(({ name }) => !names.has(name)), ...fresh],
  };
}

/** One table and nothing but pictures besides: then they belong together. */
export function isTableWithPictures(files: readonly PickedFile[]): boolean {
  const tables = files.filter(({ name }) => TABLE.test(name)).length;
  const pictures = files.filter(({ name }) => PICTURE.test(name)).length;
  return tables === 1 && pictures > 0 && tables + pictures === files.length;
}
