/** What to do when saving stops: compare a conflict, take a case back, read a refusal. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { LabelSchema } from '../../api/projects';
import type { Annotation } from '../../api/reading';
import { areaOf } from '../../geometry/mask';
import { SHAPES } from '../../viewer/shapes';
import { rich, t } from '../../words/t';
import { type Item, itemOf } from './items';
import { qualityName, reasonName } from './outcome';
import styles from './Panel.module.css';
import type { Kept, SaveState } from './saveState';
import { useReading } from './store';

export interface SaveNoticeProps {
  readonly save: SaveState;
  readonly kept: Kept;
  readonly schema: LabelSchema;
  readonly onResolve: (choice: 'mine' | 'theirs') => void;
  readonly onTakeBack: () => void;
  readonly onCancelSubmit: () => void;
  /** What waits to be sent, if anything does. */
  readonly waiting: 'submit' | 'lock' | 'question';
}

export function SaveNotice({ save, kept, schema, onResolve, ...actions }: SaveNoticeProps) {
  switch (save.at) {
    case 'conflict':
      return <Conflict id={save.id} theirs={save.theirs} schema={schema} onResolve={onResolve} />;
    case 'moved':
      return (
        <Notice title={t('Changed in another window')}>
          <p className={styles.plain}>
            {t('This is the case as it is now. Look at it again, then submit.')}
          </p>
        </Notice>
      );
    case 'lease-lost':
      return (
        <Notice title={t('This case was opened elsewhere')}>
          <p className={styles.plain}>
            {t('Everything you did is kept. To go on in this window, take the case back.')}
          </p>
          <Button variant="default" onClick={actions.onTakeBack}>
            {t('Go on here')}
          </Button>
        </Notice>
      );
    case 'refused':
    case 'not-submitted':
      return (
        <Notice title={save.problem.title}>
          <p className={styles.plain}>{save.problem.detail}</p>
          <p className={styles.muted}>
            {save.at === 'refused'
              ? t('Your work is kept on this computer. Change or undo the last step to try again.')
              : t('Everything you did is saved.')}
          </p>
        </Notice>
      );
    case 'offline':
    case 'signed-out':
      return kept.isSubmitWaiting ? (
        <Waiting at={save.at} what={actions.waiting} onCancel={actions.onCancelSubmit} />
      ) : null;
    default:
      return null;
  }
}

function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.notice} role="alert">
      <b>{title}</b>
      {children}
    </section>
  );
}

interface WaitingProps {
  readonly at: string;
  readonly what: SaveNoticeProps['waiting'];
  readonly onCancel: () => void;
}

const NEXT_OPENS = t(
  'It goes out by itself as soon as the server can be reached, and the next case opens.',
);
/** What is said of each thing that waits. */
const WAITING_WORDS = {
  submit: {
    kept: t('submit is kept here and will be sent'),
    goesOut: NEXT_OPENS,
    changing: t('Changing the case takes the submit back.'),
    takeBack: t('Take the submit back'),
  },
  lock: {
    kept: t('lock is kept here and will be sent'),
    goesOut: t(
      'It goes out by itself as soon as the server can be reached, and the suggestion is shown.',
    ),
    changing: t('Changing the case takes the lock back.'),
    takeBack: t('Take the lock back'),
  },
  question: {
    kept: t('question is kept here and will be sent'),
    goesOut: NEXT_OPENS,
    changing: t('Changing the case takes the question back.'),
    takeBack: t('Take the question back'),
  },
};

/** A submit that waits for the server; it goes out by itself, once. */
function Waiting({ at, what, onCancel }: WaitingProps) {
  const words = WAITING_WORDS[what];
  return (
    <section className={styles.notice} role="status">
      <b>
        {at === 'offline' ? t('Offline') : t('Signed out')}, {words.kept}
      </b>
      <p className={styles.plain}>
        {at === 'offline' ? words.goesOut : t('It goes out by itself after you sign in again.')}
      </p>
      <p className={styles.muted}>{words.changing}</p>
      <Button variant="default" onClick={onCancel}>
        {words.takeBack}
      </Button>
    </section>
  );
}

interface ConflictProps {
  readonly id: string;
  readonly theirs: Annotation | null;
  readonly schema: LabelSchema;
  readonly onResolve: SaveNoticeProps['onResolve'];
}

function Conflict({ id, theirs, schema, onResolve }: ConflictProps) {
  const mine = useReading((state) => state.items[id] ?? null);
  return (
    <Notice title={t('Changed in another window')}>
      <p className={styles.plain}>
        {rich('Here: <b>{mine}</b>', {
          b: (parts) => <b>{parts}</b>,
          mine: describe(mine, schema),
        })}
      </p>
      <p className={styles.plain}>
        {rich('There: <b>{theirs}</b>', {
          b: (parts) => <b>{parts}</b>,
          theirs: describe(theirs && itemOf(theirs), schema),
        })}
      </p>
      <div className={styles.row}>
        <Button variant="default" onClick={() => onResolve('mine')}>
          {t('Keep mine')}
        </Button>
        <Button variant="default" onClick={() => onResolve('theirs')}>
          {t('Take the other')}
        </Button>
      </div>
      <p className={styles.muted}>{t('Both stay in the history of the case.')}</p>
    </Notice>
  );
}

/** An item in a few words. */
export function describe(item: Item | null, schema: LabelSchema): string {
  if (!item) return t('deleted');
  const nameOf = (key: string) => schema.labels.find((label) => label.key === key)?.name ?? key;
  if (item.kind === 'answer') return item.label_keys.map(nameOf).join(', ') || t('no answer');
  if (item.kind === 'outcome') {
    const said = item.exclusion
      ? t('excluded: {reason}', { reason: reasonName(schema, item.exclusion) })
      : t('not excluded');
    return [
      said,
      item.quality && t('quality {quality}', { quality: qualityName(item.quality) }),
      item.note,
    ]
      .filter(Boolean)
      .join(', ');
  }
  if (item.kind === 'rejection')
    return item.is_rejected ? t('suggestion rejected') : t('suggestion not rejected');
  if (item.kind === 'attributes') {
    const said = schema.attributes.flatMap(({ key, name }) => {
      const value = item.values[key];
      return value === undefined ? [] : [`${name}: ${[value].flat().join(', ')}`];
    });
    return said.join('; ') || t('nothing answered');
  }
  const size =
    item.kind === 'segment'
      ? t('{count, plural, one {# pixel} other {# pixels}}', { count: areaOf(item.runs) })
      : t('{count, plural, one {# point} other {# points}}', { count: item.points.length });
  const kind = item.kind === 'segment' ? t('segment') : SHAPES[item.kind].name;
  return `${nameOf(item.label_key)} (${kind}, ${size})`;
}
