/** Rows of a DICOM header: which are shown, and as text for the clipboard. */

export interface Tag {
  /** Where it stands: tags and, in brackets, numbers of items. */
  path: string;
  depth: number;
  tag: string;
  keyword: string;
  vr: string;
  value: string;
}

/** A search shows every row it fits, wherever it is folded away. */
export function shownRows(
  rows: readonly Tag[],
  search: string,
  folded: ReadonlySet<string>,
): readonly Tag[] {
  const wanted = search.trim().toLowerCase();
  if (wanted !== '') {
    return rows.filter((row) =>
      `${row.tag} ${row.tag.replace(/[(),]/g, '')} ${row.keyword} ${row.value}`
        .toLowerCase()
        .includes(wanted),
    );
  }
  let hiddenBelow: string | null = null;
  return rows.filter((row) => {
    if (hiddenBelow !== null && row.path.startsWith(hiddenBelow)) return false;
    hiddenBelow = folded.has(row.path) ? row.path : null;
    return true;
  });
}

/** One row a line, columns by tab. */
export const asText = (rows: readonly Tag[]): string =>
  rows.map(({ path, keyword, vr, value }) => [path, keyword, vr, value].join('\t')).join('\n');
