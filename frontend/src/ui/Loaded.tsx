/** What a page shows while it asks, when asking failed, and when there is an answer. */
import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../words/t';
import { ProblemPanel } from './ProblemPanel';
import type { ProblemText } from './problemAdvice';

interface Asked<Data> {
  data: Data | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface Props<Data> {
  of: Asked<Data>;
  /** How many rows to sketch while waiting. */
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** Any thrown thing as the sentences of a problem panel. */
export function problemText(error: unknown): ProblemText {
  const known = error as Partial<ProblemText> | null;
  if (typeof known?.title === 'string' && typeof known.status === 'number') {
    return known as ProblemText;
  }
  const detail = error instanceof Error ? error.message : '';
  return { status: 0, code: 'unexpected', title: t('That did not work'), detail };
}

/** Old data stays on screen when asking again fails; the failure stands above it. */
export function Loaded<Data>({ of, rows = 6, children }: Props<Data>) {
  const hasFailed = of.error !== null && of.error !== undefined;
  return (
    <>
      {hasFailed && (
        <ProblemPanel problem={problemText(of.error)} onRetry={() => void of.refetch()} />
      )}
      {of.data !== undefined && children(of.data)}
      {of.data === undefined && !hasFailed && <SkeletonRows count={rows} />}
    </>
  );
}

export function SkeletonRows({ count }: { count: number }) {
  return (
    <Stack gap={6} aria-busy="true" aria-label={t('Loading')} role="status">
      {Array.from({ length: count }, (_, index) => index).map((index) => (
        <Skeleton key={index} height={26} radius="sm" animate={false} />
      ))}
    </Stack>
  );
}

/** The failure of something the user asked for, if it failed. */
export function Failed({ error }: { error: unknown }) {
  if (!error) return null;
  return <ProblemPanel problem={problemText(error)} />;
}
