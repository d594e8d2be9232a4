/** The question a case was set aside with, and its answer: in sight of who asked and who answers. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerIssue, type Thread } from '../../api/comments';
import type { ReadingCase } from '../../api/reading';
import { Failed } from '../../ui/Loaded';
import { t } from '../../words/t';
import { CommentField } from './CommentField';
import styles from './Panel.module.css';

interface IssueNoticeProps {
  readonly read: ReadingCase['read'];
  readonly threads: readonly Thread[];
  readonly onShow: (threadId: string) => void;
}

export function IssueNotice({ read, threads, onShow }: IssueNoticeProps) {
  const issue = threads.findLast((thread) => thread.is_issue);
  if (!issue) return null;
  const [question, ...replies] = issue.comments;
  const isWaiting = read.state === 'issue';
  const answer = replies.at(-1);
  if (!isWaiting && !answer) return null;
  return (
    <section className={styles.notice} aria-label={t('Issue')}>
      <b>{isWaiting ? t('This case waits for an answer') : t('Your question was answered')}</b>
      <p className={styles.plain}>{question?.text}</p>
      {answer && (
        <p className={styles.plain}>
          <b>{answer.text}</b>
        </p>
      )}
      {issue.place && (
        <button type="button" className={styles.edit} onClick={() => onShow(issue.id)}>
          {t('Show the place')}
        </button>
      )}
      {isWaiting && !read.is_mine && <AnswerField issue={issue} />}
    </section>
  );
}

function AnswerField({ issue }: { readonly issue: Thread }) {
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: (text: string) => answerIssue(issue.id, text),
    // The case is its reader's again: its comments may no longer be asked for here.
    onSuccess: () => client.invalidateQueries({ queryKey: ['project'] }),
  });
  if (send.isSuccess)
    return <p role="status">{t('Answered: the case is with its reader again.')}</p>;
  return (
    <>
      <CommentField
        label={t('Answer')}
        field="answer"
        onSend={(text) =>
          send.mutateAsync(text).then(
            () => true,
            () => false,
          )
        }
        onLeave={() => undefined}
      />
      <Failed error={send.error} />
    </>
  );
}
