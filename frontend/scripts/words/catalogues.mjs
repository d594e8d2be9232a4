// What is wrong with a catalogue, seen from the texts in the code.
import { parse as parseIcu, TYPE } from '@formatjs/icu-messageformat-parser';

// Where the server fills in its own sentences.
const FILLED = /\{\d+\}/g;

const NOTE = / \/\/ .*$/s;
export const withoutNote = (message) => message.replace(NOTE, '');

/** The places of a message that are filled in, each with its kind. Raises where it cannot be read. */
function placesOf(message, isRich, categories) {
  const places = new Set();
  const visit = (elements) => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      places.add(`${TYPE[element.type]} ${element.value}`);
      if (element.type === TYPE.tag) visit(element.children);
      if (element.type === TYPE.plural) {
        const missing = categories.filter((one) => !(one in element.options));
        if (missing.length > 0) throw new Error(`{${element.value}} lacks ${missing.join(', ')}`);
      }
      if (element.options) for (const option of Object.values(element.options)) visit(option.value);
    }
  };
  visit(parseIcu(message, { ignoreTag: !isRich }));
  return places;
}

const isSame = (one, other) =>
  one.size === other.size && [...one].every((place) => other.has(place));

const categoriesOf = (locale) =>
  // English and German say millions as they say other numbers.
  new Intl.PluralRules(locale).resolvedOptions().pluralCategories.filter((one) => one !== 'many');

/** `calls`: each text of the code by message, with `isRich`, `hasValues` and `where`. */
export function flawsOfCode(calls) {
  const flaws = [];
  for (const { message, isRich, hasValues, given, where } of calls) {
    if (!hasValues) continue;
    try {
      const places = placesOf(withoutNote(message), isRich, categoriesOf('en'));
      const wanted = new Set([...places].map((place) => place.split(' ')[1]));
      if (given && !isSame(wanted, new Set(given)))
        flaws.push(`${where}: ${message}: wants {${[...wanted]}}, is given {${given}}`);
    } catch (error) {
      flaws.push(`${where}: ${message}: ${error.message}`);
    }
  }
  return flaws;
}

export function flawsOfCatalogue(name, catalogue, calls) {
  const used = new Map(calls.map((call) => [call.message, call]));
  const flaws = [];
  for (const [message, { where }] of used)
    if (!catalogue[message]) flaws.push(`${name}: no translation of "${message}" (${where})`);
  for (const [message, text] of Object.entries(catalogue)) {
    const call = used.get(message);
    if (!call) flaws.push(`${name}: "${message}" is nowhere in the code`);
    else if (text && !isSame(new Set(message.match(FILLED)), new Set(text.match(FILLED))))
      flaws.push(`${name}: "${message}" has other places than "${text}"`);
    else if (text && call.hasValues) {
      try {
        const english = placesOf(withoutNote(message), call.isRich, []);
        if (!isSame(english, placesOf(text, call.isRich, categoriesOf(name))))
          flaws.push(`${name}: "${message}" has other places than "${text}"`);
      } catch (error) {
        flaws.push(`${name}: "${text}": ${error.message}`);
      }
    }
  }
  return flaws;
}
