/** The little Markdown that guides are written in, as a tree: never HTML, so nothing can be run. */

export type Inline = { readonly kind: 'text' | 'strong' | 'em' | 'code'; readonly text: string };

export type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly Inline[][] };

const MARKS = /(\*\*[^*\n]+\*\*|\*[^*\n]+\*|_[^_\n]+_|`[^`\n]+`)/;

/** Strong, emphasised and literal runs of one line. */
export function inlineOf(line: string): Inline[] {
  return line
    .split(MARKS)
    .filter((part) => part !== '')
    .map((part): Inline => {
      if (/^\*\*.+\*\*$/.test(part)) return { kind: 'strong', text: part.slice(2, -2) };
      if (/^(\*.+\*|_.+_)$/.test(part)) return { kind: 'em', text: part.slice(1, -1) };
      if (/^`.+`$/.test(part)) return { kind: 'code', text: part.slice(1, -1) };
      return { kind: 'text', text: part };
    });
}

const HEADING = /^#{1,6}\s+/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+/;

/** Headings, lists and paragraphs; anything else is a paragraph, line by line as it was written. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let isApart = true;
  for (const line of text.split(/\r?\n/)) {
    const last = blocks.at(-1);
    const item = ITEM.exec(line);
    if (line.trim() === '') {
      isApart = true;
      continue;
    }
    if (HEADING.test(line))
      blocks.push({ kind: 'heading', lines: [inlineOf(line.replace(HEADING, ''))] });
    else if (item) {
      const isOrdered = item[1] !== undefined;
      const words = inlineOf(line.replace(ITEM, ''));
      if (last?.kind === 'list' && last.isOrdered === isOrdered)
        blocks[blocks.length - 1] = { ...last, items: [...last.items, words] };
      else blocks.push({ kind: 'list', isOrdered, items: [words] });
    } else if (last?.kind === 'paragraph' && !isApart)
      blocks[blocks.length - 1] = { ...last, lines: [...last.lines, inlineOf(line)] };
    else blocks.push({ kind: 'paragraph', lines: [inlineOf(line)] });
    isApart = false;
  }
  return blocks;
}
