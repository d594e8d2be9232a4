// Fails when a text that people see does not pass through t() or rich(), or when a catalogue lacks a
// text, has one that is gone, or fills in other places. With --write it adds and removes the entries.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { flawsOfCatalogue, flawsOfCode } from './words/catalogues.mjs';
import { parse, walk } from './words/texts.mjs';

const SOURCES = 'src';
const CATALOGUES = 'src/words';
const LEAST_FILES = 200;
// Folders whose texts are not done yet.
const NOT_YET = [];
const SERVER_TEXTS = 'server_texts.json';
const APART = /\.test\.tsx?$|^src\/(api\/schema\.d|test_setup|words\/)|[bB]ench\.tsx?$/;

const files = readdirSync(SOURCES, { recursive: true })
  .map((name) => join(SOURCES, name))
  .filter((path) => /\.tsx?$/.test(path) && !APART.test(path));
const calls = [];
const flaws = [];

function placeIn(source, node) {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${source.fileName}:${line + 1}`;
}

function noteCall(source, node) {
  const [message, values] = node.arguments;
  const where = placeIn(source, node);
  if (!message || !ts.isStringLiteralLike(message)) {
    flaws.push(`${where}: the text of ${node.expression.getText()}() must be written out there`);
    return;
  }
  const isPlain =
    values &&
    ts.isObjectLiteralExpression(values) &&
    !values.properties.some(ts.isSpreadAssignment);
  const given = isPlain ? values.properties.map(({ name }) => name.text) : null;
  const isRich = node.expression.getText() === 'rich';
  calls.push({ message: message.text, isRich, hasValues: values !== undefined, given, where });
}

for (const path of files) {
  const source = parse(path, readFileSync(path, 'utf8'));
  const isDone = !NOT_YET.some((folder) => path.startsWith(folder));
  walk(source, {
    called: (node) => noteCall(source, node),
    missed: (node, text) => {
      if (isDone)
        flaws.push(`${placeIn(source, node)}: "${text.trim()}" does not pass through t()`);
    },
  });
}
for (const message of JSON.parse(readFileSync(SERVER_TEXTS, 'utf8')))
  calls.push({ message, isRich: false, hasValues: false, given: null, where: SERVER_TEXTS });
flaws.push(...flawsOfCode(calls));

const inOrder = new Intl.Collator('en');
for (const file of readdirSync(CATALOGUES).filter((name) => name.endsWith('.json'))) {
  const path = join(CATALOGUES, file);
  let catalogue = JSON.parse(readFileSync(path, 'utf8'));
  if (process.argv.includes('--write')) {
    const messages = [...new Set(calls.map(({ message }) => message))].sort(inOrder.compare);
    const next = Object.fromEntries(messages.map((message) => [message, catalogue[message] ?? '']));
    writeFileSync(path, `${JSON.stringify(next, null, 2)}\n`);
    catalogue = next;
  }
  flaws.push(...flawsOfCatalogue(file.replace('.json', ''), catalogue, calls));
}

if (files.length < LEAST_FILES) flaws.push(`only ${files.length} files were seen`);
for (const flaw of flaws) process.stderr.write(`${flaw}\n`);
process.stdout.write(
  `words: ${calls.length} texts in ${files.length} files, ${flaws.length} flaws\n`,
);
process.exit(flaws.length > 0 ? 1 : 0);
