/** What each problem means for the person: what was kept, and what to do now. */
import { t } from '../words/t';

export interface ProblemText {
  status: number;
  code: string;
  title: string;
  detail: string;
}

export interface Advice {
  kept: string;
  todo: string;
}

const UNCHANGED = t('Nothing was changed.');

const BY_CODE: Record<string, Advice> = {
  unreachable: {
    kept: t('What you entered is still on this page.'),
    todo: t('Check the connection, then try again.'),
  },
  'stale-revision': {
    kept: t('Your version and the newer one are both kept.'),
    todo: t('Compare the two and keep the one that is right.'),
  },
  'text-replaced': {
    kept: t('What you entered is still on this page.'),
    todo: t('Copy it, open the study again, and look at the newer text.'),
  },
  'lease-lost': {
    kept: t('Your work is kept as a draft.'),
    todo: t('Open the case again from the worklist.'),
  },
  'worklist-empty': {
    kept: t('All your reads are saved.'),
    todo: t('New cases appear here as soon as there are some.'),
  },
};

const BY_STATUS: Record<number, Advice> = {
  401: { kept: t('This page stays as it is.'), todo: t('Sign in again to go on.') },
  403: { kept: UNCHANGED, todo: t('Ask a project admin for the role you need.') },
  404: {
    kept: UNCHANGED,
    todo: t('Go back; it was removed, or it belongs to a project you are not in.'),
  },
  409: { kept: UNCHANGED, todo: t('Load the newest state, then decide again.') },
  412: { kept: t('Both versions are kept.'), todo: t('Load the newest state, then decide again.') },
  413: { kept: UNCHANGED, todo: t('Send smaller files, or several at a time.') },
  422: {
    kept: t('What you entered is still on this page.'),
    todo: t('Correct what is named above.'),
  },
  429: { kept: UNCHANGED, todo: t('Wait a minute, then try again.') },
};

export function adviceFor(problem: ProblemText): Advice {
  const known = BY_CODE[problem.code] ?? BY_STATUS[problem.status];
  if (known) return known;
  if (problem.status >= 500) {
    return {
      kept: t('What was saved before is safe.'),
      todo: t('Try again; if it happens twice, tell the person who runs this server.'),
    };
  }
  return { kept: UNCHANGED, todo: t('Try again.') };
}

/** No answer at all, or one from in front of a server that is not there: it passes by itself. */
export const isServerAway = ({ status, code }: ProblemText): boolean =>
  (status === 0 && code === 'unreachable') || [502, 503, 504].includes(status);
