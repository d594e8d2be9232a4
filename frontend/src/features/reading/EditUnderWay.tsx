/** An edit that is being computed: how far it is, and the way to give it up. */
import type { Command } from '../../commands/registry';
import { ProgressRow } from '../../ui/ProgressRow';
import { keepFocus } from './CommandButton';
import styles from './Panel.module.css';
import { useStackEditing } from './stackEditing';
import { GIVE_UP_ID } from './tidyCommands';

export function EditUnderWay({ commands }: { readonly commands: readonly Command[] }) {
  const { title, share, trouble } = useStackEditing();
  const giveUp = commands.find(({ id }) => id === GIVE_UP_ID);
  if (!title)
    return (
      trouble && (
        <p role="alert" className={styles.bad}>
          {trouble}
        </p>
      )
    );
  return (
    <div className={styles.brush} data-testid="edit-under-way">
      <ProgressRow title={title} share={share} message={trouble} />
      {giveUp && (
        <button
          type="button"
          className={styles.edit}
          onMouseDown={keepFocus}
          onClick={() => void giveUp.run()}
        >
          {giveUp.title}
        </button>
      )}
    </div>
  );
}
