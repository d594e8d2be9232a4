/** Every text a person sees passes through here, written in English where it is used. */
import { IntlMessageFormat } from 'intl-messageformat';
import { Children, type ReactNode } from 'react';
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

/** A fixed sentence of the server (`server_texts.json`); others stay as they came. */
export function told(text: string): string {
  return catalogue[text] || text;
}

/** A text with elements in it: `rich('Press <b>{key}</b>', { b: (parts) => <b>{parts}</b>, key })`. */
export function rich(message: string, values: RichValues): ReactNode {
  const parts = formatOf(message, false).format<ReactNode>(
    values as Parameters<IntlMessageFormat['format']>[0] as never,
  );
  return Children.toArray(parts as ReactNode);
}
