import { expect, test } from 'vitest';
import type { SuggestedFrame } from '../../api/reading';
import type { Items } from './items';
import { takenFrom } from './suggested';

const frame: SuggestedFrame = {
  sop_instance_uid: '1.2',
  frame_number: 3,
  doubt: 0.2,
  segments: [
    { label_key: 'lung', runs: [5, 2] },
    { label_key: 'heart', runs: [9, 1] },
  ],
  boxes: [
    {
      label_key: 'nodule',
      points: [
        [1, 2],
        [3, 4],
      ],
      probability: 0.8,
    },
  ],
};
const at = { sop_instance_uid: '1.2', frame_number: 3 };

test('a suggestion is taken over as the reader’s own work that names it', () => {
  const taken = takenFrom({}, [frame], 'p7');
  expect(taken.map((one) => [one.kind, one.label_key, one.suggestion_id])).toEqual([
    ['segment', 'lung', 'p7'],
    ['segment', 'heart', 'p7'],
    ['box', 'nodule', 'p7'],
  ]);
  expect(new Set(taken.map((one) => one.id)).size).toBe(3);
});

test('what the reader drew himself stays; what he emptied is filled under the same id', () => {
  const items: Items = {
    a: { id: 'a', kind: 'segment', label_key: 'lung', runs: [1, 1], ...at },
    b: { id: 'b', kind: 'segment', label_key: 'heart', runs: [], ...at },
    c: { id: 'c', kind: 'segment', label_key: 'lung', runs: [1, 1], ...at, frame_number: 4 },
    d: { id: 'd', kind: 'box', label_key: 'nodule', points: [], ...at },
  };
  expect(takenFrom(items, [frame], 'p7')).toEqual([
    { id: 'b', kind: 'segment', label_key: 'heart', runs: [9, 1], suggestion_id: 'p7', ...at },
  ]);
});
