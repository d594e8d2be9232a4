/** Why an image could not be shown, in words for the person in front of it. */
import { t } from '../words/t';

export interface LoadProblem {
  readonly title: string;
  readonly advice: string;
  /** HTTP status, or 0 when nothing came back. */
  readonly status: number | null;
}

const statusOf = (error: unknown): number | null =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number'
    ? error.status
    : null;

/** Turns whatever the loader rejected with into a sentence and something to do. */
export function loadProblemOf(error: unknown): LoadProblem {
  const status = statusOf(error);
  if (status === null)
    return {
      title: t('This image could not be decoded'),
      advice: t('Try again. If it stays, skip the case and report the image to the data manager.'),
      status,
    };
  if (status === 0)
    return {
      title: t('The server cannot be reached'),
      advice: t('Your work is kept on this computer. Try again when the connection is back.'),
      status,
    };
  if (status === 401)
    return {
      title: t('You are signed out'),
      advice: t('Sign in again; your work is kept.'),
      status,
    };
  if (status === 403 || status === 404)
    return {
      title: t('This image is not available to you'),
      advice: t('It may have been withdrawn from the project. Skip the case.'),
      status,
    };
  return {
    title: t('The server could not deliver this image ({status})', { status }),
    advice: t('Try again in a moment.'),
    status,
  };
}

/** An image that neither came nor failed within the time a person would wait. */
export const STALLED: LoadProblem = {
  title: t('This image is taking unusually long'),
  advice: t('The connection may be slow. Try again, or skip the case.'),
  status: null,
};
