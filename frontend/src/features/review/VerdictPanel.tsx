/** Accepts a read, or returns it to its reader with a word why. */
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { giveVerdict, type ReviewRow, type Verdict } from '../../api/reviews';
import { CommandKey } from '../../commands/CommandKey';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { plural } from '../../ui/format';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { Thumbnail } from '../../ui/Thumbnail';
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
        title: 'Accept this read',
        section: 'Review',
        shortcut: 'a',
        isEnabled: () => !isPending,
        run: () => mutate('accepted'),
      },
      { id: 'review.look', title: 'Open this read', section: 'Review', shortcut: 'o', run: onLook },
    ],
    [isPending, mutate, onLook],
  );
  useCommands('review', commands);
  return (
    <Panel title={row.pseudonym}>
      <div className={styles.verdict}>
        <Thumbnail url={row.thumbnail_url} alt={row.pseudonym} size={300} />
        <span>
          Answer: <strong>{answer}</strong>, {plural(row.mark_count, 'mark')}
        </span>
        {row.note && <span>“{row.note}”</span>}
        <SaidBeside projectId={projectId} row={row} />
        <Button variant="default" rightSection={<CommandKey id="review.look" />} onClick={onLook}>
          Open the images and marks
        </Button>
        <Textarea
          label="Word to the reader"
          description="Needed to return a read."
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
            Accept
          </Button>
          <Button
            variant="default"
            disabled={!canReturn}
            loading={isPending}
            onClick={() => mutate('returned')}
          >
            Return
          </Button>
        </div>
      </div>
    </Panel>
  );
}
