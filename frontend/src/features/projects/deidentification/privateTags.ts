/** The list of safe private attributes as text: one a line, the tag and then its creator. */
import type { SafePrivateTag } from '../../../api/deidentification';

const LINE = /^\(?([0-9a-f]{3}[13579bdf]),?\s?xx([0-9a-f]{2})\)?\s+(\S.*)$/i;

export function privateToText(tags: readonly SafePrivateTag[]): string {
  return tags.map(({ tag, creator }) => `${tag} ${creator}`).join('\n');
}

/** Null where a line is not a private tag and its creator. */
export function privateFromText(text: string): SafePrivateTag[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const tags = lines.map((line) => {
    const match = LINE.exec(line.trim());
    if (!match) return null;
    const [, group = '', element = '', creator = ''] = match;
    return { tag: `${group.toUpperCase()}xx${element.toUpperCase()}`, creator: creator.trim() };
  });
  return tags.includes(null) ? null : (tags as SafePrivateTag[]);
}
