import 'fake-indexeddb/auto';
import { beforeEach, expect, test } from 'vitest';
import { Problem } from '../../api/problem';
import { keptWords, NEW_COMMENT, sendWords, useTyped } from './typed';

const comment = (id: string) => ({ id, text: `Words ${id}`, thread_id: null, place: null });

beforeEach(async () => {
  for (const user of ['me', 'you'])
    for (const readId of (await keptWords.all(user)).keys()) await keptWords.drop(user, readId);
  await useTyped.getState().open('me', 'r');
});

test('what was typed is there again after a crash, for nobody else and on no other case', async () => {
  useTyped.getState().type(NEW_COMMENT, 'Is this a fo');
  useTyped
    .getState()
    .pin({ series_uid: '1.2', sop_instance_uid: null, frame_number: 1, point: null });
  await expect.poll(async () => (await keptWords.load('me', 'r'))?.place?.series_uid).toBe('1.2');
  await useTyped.getState().open('you', 'r');
  expect(useTyped.getState().typed).toEqual({});
  await useTyped.getState().open('me', 'other');
  expect(useTyped.getState().typed).toEqual({});
  await useTyped.getState().open('me', 'r');
  expect(useTyped.getState().typed[NEW_COMMENT]).toBe('Is this a fo');
});

test('what was posted offline arrives once, and then nothing is kept', async () => {
  const said: string[] = [];
  let isAway = true;
  const say = async (_read: string, { id }: { id: string }) => {
    if (isAway) throw new Problem(0, 'unreachable', 'Unreachable', '');
    said.push(id);
    return [];
  };
  await useTyped.getState().post(NEW_COMMENT, comment('a'));
  expect(await sendWords('me', say)).toBe(true);
  await useTyped.getState().open('me', 'other');
  isAway = false;
  expect(await sendWords('me', say)).toBe(false);
  expect(await sendWords('me', say)).toBe(false);
  expect(said).toEqual(['a']);
  expect((await keptWords.all('me')).size).toBe(0);
});

test('two who send at once say it once, and what is typed meanwhile is kept', async () => {
  const said: string[] = [];
  const say = async (_read: string, { id }: { id: string }) => {
    useTyped.getState().type(NEW_COMMENT, 'And another');
    said.push(id);
    return [];
  };
  await useTyped.getState().post(NEW_COMMENT, comment('a'));
  await Promise.all([sendWords('me', say), sendWords('me', say)]);
  expect(said).toEqual(['a']);
  await useTyped.getState().open('me', 'other');
  expect((await useTyped.getState().open('me', 'r')).typed[NEW_COMMENT]).toBe('And another');
});

test('words the server will not have stay to be read, and are not sent again', async () => {
  let count = 0;
  const say = async () => {
    count += 1;
    throw new Problem(422, 'place-unknown', 'No such place', '');
  };
  await useTyped.getState().post(NEW_COMMENT, comment('a'));
  expect(await sendWords('me', say)).toBe(false);
  expect(await sendWords('me', say)).toBe(false);
  expect(count).toBe(1);
  expect(useTyped.getState()).toMatchObject({ unsent: [{ id: 'a' }], refused: ['a'] });
});
