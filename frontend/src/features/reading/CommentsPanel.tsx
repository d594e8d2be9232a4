/** Comments beside the case, numbered as their pins; one thread open at a time. */
import type { Thread } from '../../api/comments';
import { CommandKey } from '../../commands/CommandKey';
import { Failed } from '../../ui/Loaded';
import { RelativeTime } from '../../ui/RelativeTime';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { CommentField } from './CommentField';
import styles from './Comments.module.css';
import panel from './Panel.module.css';
import { NEW_COMMENT, replyField, useTyped } from './typed';
import type { Comments } from './useComments';

interface CommentsPanelProps {
  readonly comments: Comments;
  /** What a place is called: "Image 3 of 40". */
  readonly placeText: (thread: Pick<Thread, 'place'>) => string;
}

export function CommentsPanel({ comments, placeText }: CommentsPanelProps) {
  const { threads, openId, composing } = comments;
  const openCount = threads.filter(({ resolved_at }) => resolved_at === null).length;
  return (
    <section className={panel.section} aria-labelledby="comments">
      <h2 id="comments" className={panel.heading}>
        {openCount > 0 ? t('Comments ({count} open)', { count: openCount }) : t('Comments')}
        <span className={panel.muted}>
          {' '}
          <CommandKey id="comment.new" /> {t('at the pointer')}
        </span>
      </h2>
      {composing !== undefined && (
        <div className={styles.thread} data-open={true}>
          <span className={panel.muted}>{placeText({ place: composing })}</span>
          <CommentField
            label={t('Comment')}
            field={NEW_COMMENT}
            onSend={(text) => comments.say(text, null)}
            onLeave={() => comments.compose(undefined)}
          />
        </div>
      )}
      <OnTheirWay />
      {threads.map((thread) => (
        <ThreadRow
          key={thread.id}
          thread={thread}
          isOpen={thread.id === openId}
          place={placeText(thread)}
          comments={comments}
        />
      ))}
      <Failed error={comments.error} />
    </section>
  );
}

/** Words that have not arrived: they are kept here, and sent by themselves unless refused. */
function OnTheirWay() {
  const { unsent, refused } = useTyped();
  return unsent.map(({ id, text }) => (
    <p key={id} className={styles.comment} role="status">
      <span className={panel.muted}>
        {refused.includes(id) ? t('Not accepted by the server:') : t('Kept here, will be sent:')}
      </span>
      {text}
    </p>
  ));
}

interface ThreadRowProps {
  readonly thread: Thread;
  readonly isOpen: boolean;
  readonly place: string;
  readonly comments: Comments;
}

function ThreadRow({ thread, isOpen, place, comments }: ThreadRowProps) {
  const isSettled = thread.resolved_at !== null;
  const [first] = thread.comments;
  return (
    <div className={styles.thread} data-open={isOpen} data-settled={isSettled}>
      <button
        type="button"
        className={styles.head}
        aria-expanded={isOpen}
        onMouseDown={keepFocus}
        onClick={() => comments.open(thread.id)}
      >
        <span className={styles.number}>{thread.number}</span>
        <span className={styles.first}>{first?.text}</span>
        <span className={panel.muted}>{isSettled ? t('settled') : place}</span>
      </button>
      {isOpen && (
        <>
          {thread.comments.map((comment) => (
            <p key={comment.id} className={styles.comment}>
              <span className={panel.muted}>
                {comment.is_mine
                  ? t('You')
                  : (comment.author_name ?? whoText(comment.is_by_reader))}
                , <RelativeTime at={comment.created_at} />
              </span>
              {comment.text}
            </p>
          ))}
          <CommentField
            label={t('Reply')}
            field={replyField(thread.id)}
            onSend={(text) => comments.say(text, thread.id)}
            onLeave={() => undefined}
          />
          <button
            type="button"
            className={panel.edit}
            onMouseDown={keepFocus}
            onClick={() => comments.settle(thread)}
          >
            {isSettled ? t('Open again') : t('Mark as settled')}
          </button>
        </>
      )}
    </div>
  );
}

const whoText = (isByReader: boolean) => (isByReader ? t('The reader') : t('A reviewer'));
