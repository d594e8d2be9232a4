/** The reads of one list: waiting, doubted by the learner, or done. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type DoubtedRead, doubtsQuery, type ReviewRow, reviewsQuery } from '../../api/reviews';

export type ReviewState = 'waiting' | 'doubted' | 'done';

export type Row = ReviewRow & { doubt?: DoubtedRead['doubt'] };

export function useReviewRows(projectId: string, state: ReviewState) {
  const isDoubted = state === 'doubted';
  const pages = useInfiniteQuery({
    ...reviewsQuery(projectId, isDoubted ? 'waiting' : state),
    enabled: !isDoubted,
  });
  const doubts = useQuery({ ...doubtsQuery(projectId), enabled: isDoubted });
  const { data, error, refetch } = isDoubted ? doubts : pages;
  const rows = useMemo<readonly Row[]>(
    () =>
      isDoubted
        ? (doubts.data?.items ?? [])
        : (pages.data?.pages.flatMap((page) => page.items) ?? []),
    [isDoubted, doubts.data, pages.data],
  );
  return {
    rows,
    of: { data, error, refetch },
    hasMore: !isDoubted && pages.hasNextPage,
    showMore: () => void pages.fetchNextPage(),
  };
}
