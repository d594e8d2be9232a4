/** Accepts a read, or returns it to its reader with a word why. */
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { giveVerdict, type ReviewRow, type Verdict } from '../../api/reviews';
import { CommandKey } from '../../commands/CommandKey';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { Thumbnail } from '../../ui/Thumbnail';
import { rich, t } from '../../words/t';
import styles from './Review.module.css';
import { SaidBeside } from './SaidBeside';

interface Props {
  projectId: string;
  row: ReviewRow;
  answer: string;
  onLook: () => void;
}

export function VerdictPanel({ projectId, row, answer, onLook }: Props) {
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const give = useMutation({
    mutationFn: (verdict: Verdict) => giveVerdict(row.submission_id, { verdict, comment }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['project', projectId, 'reviews'] }),
  });
  const { mutate, isPending } = give;
  const canReturn = comment.trim() !== '';
  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'review.accept',
        title: t('Accept this read'),
        section: t('Review'),
        shortcut: 'a',
        isEnabled: () => !isPending,
        run: () => mutate('accepted'),
      },
      {
        id: 'review.look',
        title: t('Open this read'),
        section: t('Review'),
        shortcut: 'o',
        run: onLook,
      },
    ],
    [isPending, mutate, onLook],
  );
  useCommands('review', commands);
  return (
    <Panel title={row.pseudonym}>
      <div className={styles.verdict}>
        <Thumbnail url={row.thumbnail_url} alt={row.pseudonym} size={300} />
        <span>
          {rich(
            'Answer: <strong>{answer}</strong>, {count, plural, one {# mark} other {# marks}}',
            { strong: (parts) => <strong>{parts}</strong>, answer, count: row.mark_count },
          )}
        </span>
        {row.note && <span>“{row.note}”</span>}
        <SaidBeside projectId={projectId} row={row} />
        <Button variant="default" rightSection={<CommandKey id="review.look" />} onClick={onLook}>
          {t('Open the images and marks')}
        </Button>
        <Textarea
          label={t('Word to the reader')}
          description={t('Needed to return a read.')}
          autosize
          minRows={3}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Failed error={give.error} />
        <div className={styles.buttons}>
          <Button
            rightSection={<CommandKey id="review.accept" />}
            loading={isPending}
            onClick={() => mutate('accepted')}
          >
            {t('Accept')}
          </Button>
          <Button
            variant="default"
            disabled={!canReturn}
            loading={isPending}
            onClick={() => mutate('returned')}
          >
            {t('Return')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
