/** Every text a person sees passes through here, written in English where it is used. */
import { IntlMessageFormat } from 'intl-messageformat';
import { createElement, Fragment, isValidElement, type ReactNode } from 'react';
import { catalogue } from './catalogue';
import { locale } from './language';

type Values = Readonly<Record<string, string | number>>;
type RichValues = Readonly<Record<string, ReactNode | ((parts: ReactNode[]) => ReactNode)>>;

const NOTE = / \/\/ .*$/s;

/** The text in the language in use, before its values are filled in. */
function textOf(message: string): string {
  // An empty entry is one that nobody has translated yet.
  return catalogue[message] || message.replace(NOTE, '');
}

const made = new Map<string, IntlMessageFormat>();

function formatOf(message: string, ignoreTag: boolean): IntlMessageFormat {
  const known = made.get(message);
  if (known) return known;
  const format = new IntlMessageFormat(textOf(message), locale, undefined, { ignoreTag });
  made.set(message, format);
  return format;
}

/**
 * `message` is ICU MessageFormat: `t('{count, plural, one {# case} other {# cases}} left', { count })`.
 * Where one English word needs two translations a note tells them apart: `t('Read // noun')`.
 */
export function t(message: string, values?: Values): string {
  return values ? String(formatOf(message, true).format(values)) : textOf(message);
}

/** A sentence of the server (`server_texts.json`); others stay as they came. */
export function told(text: string): string {
  return catalogue[text] || filledIn(text);
}

const PLACE = /\{(\d+)\}/g;

/** Sentences of the server with places to be filled in, what they are made of first. */
let forms: readonly (readonly [RegExp, string])[] | null = null;

const formsOf = () =>
  Object.keys(catalogue)
    .filter((message) => message.search(PLACE) >= 0)
    .sort((one, other) => other.replace(PLACE, '').length - one.replace(PLACE, '').length)
    .map((message) => {
      const fixed = message.split(PLACE).filter((_, at) => at % 2 === 0);
      const pattern = fixed
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('(.*?)');
      return [new RegExp(`^${pattern}$`, 's'), catalogue[message] ?? ''] as const;
    });

/** The sentence in the language in use with what the server filled in, which stays as it came. */
function filledIn(text: string): string {
  forms ??= formsOf();
  for (const [form, translation] of forms) {
    const found = translation ? form.exec(text) : null;
    if (found) return translation.replace(PLACE, (_, at) => found[Number(at) + 1] ?? '');
  }
  return text;
}

/** A text with elements in it: `rich('Press <b>{key}</b>', { b: (parts) => <b>{parts}</b>, key })`. */
export function rich(message: string, values: RichValues): ReactNode {
  const filled = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'function' ? (parts: ReactNode[]) => value(keyed(parts)) : value,
  ]);
  const parts = formatOf(message, false).format<ReactNode>(
    Object.fromEntries(filled) as Parameters<IntlMessageFormat['format']>[0] as never,
  );
  return Array.isArray(parts) ? keyed(parts as ReactNode[]) : (parts as ReactNode);
}

/** The parts of a text with the keys that React wants: they never change places. */
const keyed = (parts: ReactNode[]): ReactNode[] =>
  parts.map((part, at) =>
    isValidElement(part) ? createElement(Fragment, { key: at }, part) : part,
  );
