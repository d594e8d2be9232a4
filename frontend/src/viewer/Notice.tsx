/** What is wrong, or still under way, written on the viewport it concerns. */

import { t } from '../words/t';
import type { LoadProblem } from './loadProblem';

export function LoadingNotice({ isFirst }: { readonly isFirst: boolean }) {
  return (
    <div className={isFirst ? 'viewer-notice' : 'viewer-loading'} role="status">
      {t('Loading image…')}
    </div>
  );
}

interface ProblemNoticeProps {
  readonly problem: LoadProblem;
  readonly onRetry: () => void;
}

export function ProblemNotice({ problem, onRetry }: ProblemNoticeProps) {
  return (
    <div className="viewer-notice viewer-problem" role="alert">
      <strong>{problem.title}</strong>
      <span>{problem.advice}</span>
      <button type="button" onClick={onRetry}>
        {t('Try again')}
      </button>
    </div>
  );
}
