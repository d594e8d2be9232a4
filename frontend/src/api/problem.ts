/** An answer that is not what was asked for, as RFC 9457 problem+json says it. */
import { t, told } from '../words/t';

export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    /** HTTP status; 0 when the server could not be reached. */
    readonly status: number,
    /** The last part of the problem type, for instance `stale-revision`. */
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    /** The whole document, with what this kind of problem adds. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title);
  }
}

const TITLES: Record<number, string> = {
  401: t('You are signed out'),
  404: t('Not found'),
  413: t('Too large'),
  500: t('The server failed'),
  502: t('The server is not answering'),
  503: t('The server is busy'),
};

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** Reads a problem out of whatever body came with a failed response. */
export function problemFrom(status: number, body: unknown): Problem {
  const document: Record<string, unknown> =
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : {};
  const type = textOf(document.type, '');
  const code = type.split('/').filter(Boolean).at(-1) ?? `http-${status}`;
  const title = told(textOf(document.title, TITLES[status] ?? t('That did not work')));
  return new Problem(status, code, title, told(textOf(document.detail, '')), document);
}

export function unreachable(): Problem {
  return new Problem(
    0,
    'unreachable',
    t('The server cannot be reached'),
    t('Nothing you entered was lost. It works again as soon as the connection is back.'),
  );
}

/** Any thrown thing as a problem, so that a panel can always say something. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : '';
  return new Problem(0, 'unexpected', t('That did not work'), detail);
}
