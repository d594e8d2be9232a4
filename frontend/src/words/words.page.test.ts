import { expect, test, vi } from 'vitest';
import { guess } from './language';
import { rich, t, told } from './t';

/** `t` and `told` as a window in that language has them. */
async function speaking(language: string) {
  localStorage.setItem('collimate.language', language);
  vi.resetModules();
  const words = await import('./t');
  localStorage.clear();
  return words;
}

test('English is what stands in the code, with the plural of its number', () => {
  const left = '{count, plural, one {# case} other {# cases}} left';
  expect(t(left, { count: 1 })).toBe('1 case left');
  expect(t(left, { count: 1200 })).toBe('1,200 cases left');
  expect(t('Read // what a reader did')).toBe('Read');
});

test('elements stand where the sentence puts them', () => {
  const parts = rich('Press <b>{key}</b> now', { key: 'Q', b: (inner) => inner.join('') });
  expect([parts].flat().join('')).toBe('Press Q now');
});

test('German has its own words, plurals and thousands', async () => {
  const german = await speaking('de');
  const waiting = '{count, plural, one {# case} other {# cases}} waiting in this project';
  expect(german.t('Worklist')).toBe('Arbeitsliste');
  expect(german.t(waiting, { count: 1 })).toBe('1 Fall wartet in diesem Projekt');
  expect(german.t(waiting, { count: 1200 })).toBe('1.200 Fälle warten in diesem Projekt');
  expect(german.told('There is no such job.')).toBe('Einen solchen Auftrag gibt es nicht.');
  expect(german.told('uncertain: nodule or scar (old)')).toBe('unsicher: nodule oder scar (old)');
  expect(german.told('uncertain: nodule or not')).toBe('unsicher: nodule oder nicht');
  expect(german.told('Use between 12 and 200 characters.')).toBe(
    'Verwenden Sie 12 bis 200 Zeichen.',
  );
  expect(document.documentElement.lang).toBe('de');
});

test('a text nobody translated is shown in English', async () => {
  const german = await speaking('de');
  expect(german.told('Six hundred and sixty-six')).toBe('Six hundred and sixty-six');
  expect(told('Six hundred and sixty-six')).toBe('Six hundred and sixty-six');
});

test('the choice comes before the browser, and the browser before English', () => {
  expect(guess('en', ['de-AT', 'en'])).toBe('en');
  expect(guess(null, ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(guess('xx', ['de'])).toBe('de');
  expect(guess(null, ['fr'])).toBe('en');
});
