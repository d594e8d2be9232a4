import { expect, test } from 'vitest';
import {
  changedWindow,
  type OwnWindow,
  raisedWindow,
  withoutWindow,
  withWindow,
} from './ownWindows';

const made = (name: string, more: Partial<OwnWindow> = {}): OwnWindow => ({
  name,
  modality: 'CT',
  unit: 'HU',
  center: 40,
  width: 400,
  digit: null,
  ...more,
});

const namesOf = (list: readonly OwnWindow[]) => list.map(({ name }) => name);

test('names are told apart among windows for the same kind of images', () => {
  const list = withWindow(
    withWindow([made('Neck', { modality: 'MR' })], made('Neck')),
    made('Neck'),
  );
  expect(namesOf(list)).toEqual(['Neck', 'Neck', 'Neck 2']);
});

test('a digit goes to the window that got it last, and stays with other kinds of images', () => {
  const [neck, spine, ofMr] = [
    made('Neck', { digit: 3 }),
    made('Spine'),
    made('Knee', { modality: 'MR', digit: 3 }),
  ];
  const list = changedWindow([neck, spine, ofMr], spine, { digit: 3 });
  expect(list.map(({ digit }) => digit)).toEqual([null, 3, 3]);
  const renamed = changedWindow(list, list[1] as OwnWindow, { name: 'Neck' });
  expect(renamed[1]).toEqual({ ...spine, name: 'Neck 2', digit: 3 });
});

test('a window moves up past those for the same images only, and goes', () => {
  const list = [made('One'), made('Knee', { modality: 'MR' }), made('Two')];
  const raised = raisedWindow(list, list[2] as OwnWindow);
  expect(namesOf(raised)).toEqual(['Two', 'One', 'Knee']);
  expect(raisedWindow(raised, raised[0] as OwnWindow)).toBe(raised);
  expect(namesOf(withoutWindow(raised, raised[1] as OwnWindow))).toEqual(['Two', 'Knee']);
});
