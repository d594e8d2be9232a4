import { expect, test } from 'vitest';
import { blocksOf, inlineOf } from './markdown';

test('headings, lists and paragraphs are told apart', () => {
  const text = '# Nodule\nRound,\nup to 30 mm.\n\n- solid\n- **part**-solid\n1. measure\n\nLast.';
  expect(blocksOf(text).map((block) => block.kind)).toEqual([
    'heading',
    'paragraph',
    'list',
    'list',
    'paragraph',
  ]);
  const [, paragraph, list, ordered] = blocksOf(text);
  expect(paragraph).toMatchObject({ lines: [[{ text: 'Round,' }], [{ text: 'up to 30 mm.' }]] });
  expect(list).toMatchObject({ isOrdered: false, items: [[{ text: 'solid' }], { length: 2 }] });
  expect(ordered).toMatchObject({ isOrdered: true });
});

test('marks of emphasis stay words where they close nothing', () => {
  expect(inlineOf('a **b** *c* `d` 2 * 3')).toEqual([
    { kind: 'text', text: 'a ' },
    { kind: 'strong', text: 'b' },
    { kind: 'text', text: ' ' },
    { kind: 'em', text: 'c' },
    { kind: 'text', text: ' ' },
    { kind: 'code', text: 'd' },
    { kind: 'text', text: ' 2 * 3' },
  ]);
});

test('markup is text', () => {
  expect(inlineOf('<img src=x onerror=alert(1)>')).toEqual([
    { kind: 'text', text: '<img src=x onerror=alert(1)>' },
  ]);
});
