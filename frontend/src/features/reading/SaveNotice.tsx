/** What to do when saving stops: compare a conflict, take a case back, read a refusal. */
import { Button } from '@mantine/core';
import type { LabelSchema } from '../../api/projects';
import type { Annotation } from '../../api/reading';
import { areaOf } from '../../geometry/mask';
import type { SaveState } from './autosave';
import { type Item, itemOf } from './items';
import styles from './Panel.module.css';
import { useReading } from './store';

export interface SaveNoticeProps {
  readonly save: SaveState;
  readonly schema: LabelSchema;
  readonly onResolve: (choice: 'mine' | 'theirs') => void;
  readonly onTakeBack: () => void;
}

export function SaveNotice({ save, schema, onResolve, onTakeBack }: SaveNoticeProps) {
  if (save.at === 'conflict')
    return <Conflict id={save.id} theirs={save.theirs} schema={schema} onResolve={onResolve} />;
  if (save.at === 'lease-lost')
    return (
      <section className={styles.notice} role="alert">
        <b>This case was opened elsewhere</b>
        <p className={styles.plain}>
          Everything you did is kept. To go on in this window, take the case back.
        </p>
        <Button variant="default" onClick={onTakeBack}>
          Go on here
        </Button>
      </section>
    );
  if (save.at === 'refused')
    return (
      <section className={styles.notice} role="alert">
        <b>{save.problem.title}</b>
        <p className={styles.plain}>{save.problem.detail}</p>
        <p className={styles.muted}>
          Your work is kept on this computer. Change or undo the last step to try again.
        </p>
      </section>
    );
  return null;
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
    <section className={styles.notice} role="alert">
      <b>Changed in another window</b>
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
    </section>
  );
}

/** An item in a few words. */
export function describe(item: Item | null, schema: LabelSchema): string {
  if (!item) return 'deleted';
  const nameOf = (key: string) => schema.labels.find((label) => label.key === key)?.name ?? key;
  if (item.kind === 'answer') return item.label_keys.map(nameOf).join(', ') || 'no answer';
  const size =
    item.kind === 'segment' ? `${areaOf(item.runs)} pixels` : `${item.points.length} points`;
  return `${nameOf(item.label_key)} (${item.kind}, ${size})`;
}
