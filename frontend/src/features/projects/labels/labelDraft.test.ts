import { describe, expect, test } from 'vitest';
import { nextColour } from '../../../ui/labelColours';
import {
  addLabel,
  changeLabel,
  draftFrom,
  emptyDraft,
  findFlaws,
  hotkeyConflicts,
  moveLabel,
  removeLabel,
  type SchemaDraft,
  toRequest,
} from './labelDraft';

function designed(...names: string[]): SchemaDraft {
  return names.reduce(
    (draft, name, index) =>
      changeLabel(addLabel(draft, 'class', `row ${index}`), `row ${index}`, { name }),
    emptyDraft(),
  );
}

const order = (draft: SchemaDraft) => draft.labels.map((label) => label.name);

describe('a new label', () => {
  test('gets the next free digit and colour', () => {
    const { labels } = designed('Normal', 'Pneumonia');
    expect(labels.map((label) => label.hotkey)).toEqual(['1', '2']);
    expect(labels[0]?.colour).not.toBe(labels[1]?.colour);
  });

  test('fills the hole a removed one left', () => {
    const draft = addLabel(removeLabel(designed('a', 'b', 'c'), 'row 1'), 'class', 'new');
    expect(draft.labels.at(-1)?.hotkey).toBe('2');
  });

  test('that is a mark gets no digit', () => {
    expect(addLabel(emptyDraft(), 'box', 'b').labels[0]?.hotkey).toBe('');
  });
});

describe('order', () => {
  test('a label moves down past others and up again', () => {
    const draft = designed('a', 'b', 'c');
    expect(order(moveLabel(draft, 'row 0', 2))).toEqual(['b', 'c', 'a']);
    expect(order(moveLabel(draft, 'row 2', 0))).toEqual(['c', 'a', 'b']);
  });

  test('it stops at the ends', () => {
    const draft = designed('a', 'b');
    expect(order(moveLabel(draft, 'row 0', -5))).toEqual(['a', 'b']);
    expect(order(moveLabel(draft, 'row 0', 99))).toEqual(['b', 'a']);
  });
});

describe('flaws', () => {
  test('a good design has none', () => {
    expect(findFlaws(designed('Normal', 'Pneumonia'))).toEqual([]);
  });

  test('both rows of a key conflict are named', () => {
    const draft = changeLabel(designed('a', 'b'), 'row 1', { hotkey: '1' });
    expect(hotkeyConflicts(draft.labels)).toEqual(new Set(['row 0', 'row 1']));
    expect(findFlaws(draft).map((flaw) => flaw.row)).toEqual(['row 0', 'row 1']);
  });

  test('no key is no conflict', () => {
    const draft = changeLabel(designed('a', 'b'), 'row 0', { hotkey: '' });
    expect(hotkeyConflicts(changeLabel(draft, 'row 1', { hotkey: '' }).labels).size).toBe(0);
  });

  test('names must differ, whatever their case', () => {
    expect(findFlaws(designed('Normal', 'normal '))).toEqual([
      { row: 'row 1', text: 'Another label has this name' },
    ]);
  });

  test('a single answer needs two classes', () => {
    expect(findFlaws(designed('Normal'))[0]?.row).toBeNull();
    expect(findFlaws({ ...designed('Normal'), answerMode: 'multi' })).toEqual([]);
  });

  test('half a code is told', () => {
    const draft = changeLabel(designed('a', 'b'), 'row 0', { codeValue: '233604007' });
    expect(findFlaws(draft)[0]?.text).toContain('meaning');
  });
});

test('what is saved comes back as it was', () => {
  const draft = designed('Normal', 'Pneumonia');
  const request = toRequest(draft);
  const labels = request.labels.map((label, position) => ({
    ...label,
    key: label.name.toLowerCase(),
    id: `id ${position}`,
    position,
  }));
  const back = draftFrom({
    id: 's',
    project_id: 'p',
    version: 1,
    is_used: false,
    created_at: '2026-11-23T12:00:00Z',
    ...request,
    labels: labels.reverse(),
    attributes: [],
    exclusion_reasons: [],
  });
  expect(order(back)).toEqual(['Normal', 'Pneumonia']);
});

test('thirty labels get thirty colours', () => {
  const colours: string[] = [];
  for (let count = 0; count < 30; count += 1) colours.push(nextColour(colours));
  expect(new Set(colours).size).toBe(30);
  expect(colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour))).toBe(true);
});
