/** What to do when saving stops: compare a conflict, take a case back, read a refusal. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { LabelSchema } from '../../api/projects';
import type { Annotation } from '../../api/reading';
import { areaOf } from '../../geometry/mask';
import { type Item, itemOf } from './items';
import { reasonName } from './outcome';
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
        <Notice title="Changed in another window">
          <p className={styles.plain}>
            This is the case as it is now. Look at it again, then submit.
          </p>
        </Notice>
      );
    case 'lease-lost':
      return (
        <Notice title="This case was opened elsewhere">
          <p className={styles.plain}>
            Everything you did is kept. To go on in this window, take the case back.
          </p>
          <Button variant="default" onClick={actions.onTakeBack}>
            Go on here
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
              ? 'Your work is kept on this computer. Change or undo the last step to try again.'
              : 'Everything you did is saved.'}
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

/** A submit that waits for the server; it goes out by itself, once. */
function Waiting({ at, what, onCancel }: WaitingProps) {
  const then = what === 'lock' ? 'the suggestion is shown' : 'the next case opens';
  return (
    <section className={styles.notice} role="status">
      <b>
        {at === 'offline' ? 'Offline' : 'Signed out'}, {what} is kept here and will be sent
      </b>
      <p className={styles.plain}>
        {at === 'offline'
          ? `It goes out by itself as soon as the server can be reached, and ${then}.`
          : 'It goes out by itself after you sign in again.'}
      </p>
      <p className={styles.muted}>Changing the case takes the {what} back.</p>
      <Button variant="default" onClick={onCancel}>
        Take the {what} back
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
    <Notice title="Changed in another window">
      <p className={styles.plain}>
        Here: <b>{describe(mine, schema)}</b>
      </p>
      <p className={styles.plain}>
        There: <b>{describe(theirs && itemOf(theirs), schema)}</b>
      </p>
      <div className={styles.row}>
        <Button variant="default" onClick={() => onResolve('mine')}>
          Keep mine
        </Button>
        <Button variant="default" onClick={() => onResolve('theirs')}>
          Take the other
        </Button>
      </div>
      <p className={styles.muted}>Both stay in the history of the case.</p>
    </Notice>
  );
}

/** An item in a few words. */
export function describe(item: Item | null, schema: LabelSchema): string {
  if (!item) return 'deleted';
  const nameOf = (key: string) => schema.labels.find((label) => label.key === key)?.name ?? key;
  if (item.kind === 'answer') return item.label_keys.map(nameOf).join(', ') || 'no answer';
  if (item.kind === 'outcome') {
    const said = item.exclusion
      ? `excluded: ${reasonName(schema, item.exclusion)}`
      : 'not excluded';
    return [said, item.quality && `quality ${item.quality}`, item.note].filter(Boolean).join(', ');
  }
  if (item.kind === 'attributes') {
    const said = schema.attributes.flatMap(({ key, name }) => {
      const value = item.values[key];
      return value === undefined ? [] : [`${name}: ${[value].flat().join(', ')}`];
    });
    return said.join('; ') || 'nothing answered';
  }
  const size =
    item.kind === 'segment' ? `${areaOf(item.runs)} pixels` : `${item.points.length} points`;
  return `${nameOf(item.label_key)} (${item.kind}, ${size})`;
}
