/** The worklist in a window of its own, beside the one that is read in. */
import { Button } from '@mantine/core';
import { CommandKey } from '../../commands/CommandKey';
import { t } from '../../words/t';
import { Worklist, type WorklistProps } from './Worklist';
import styles from './Worklist.module.css';

interface Props extends Omit<WorklistProps, 'actions' | 'openId'> {
  openId: string | null;
  /** To the images of the open case, in place of the list. */
  onImages: () => void;
  /** Why there is no window to read in; null where there is one. */
  absence: 'closed' | 'blocked' | null;
  onReopen: () => void;
}

export function BesideWorklist({ onImages, absence, onReopen, ...list }: Props) {
  return (
    <main className={styles.beside}>
      {absence && <Absent absence={absence} onReopen={onReopen} />}
      <Worklist
        {...list}
        actions={
          <Button
            size="xs"
            variant="default"
            disabled={list.openId === null}
            rightSection={<CommandKey id="screen.second" />}
            onClick={onImages}
          >
            {t('Images of the case that is read')}
          </Button>
        }
      />
    </main>
  );
}

function Absent({ absence, onReopen }: { absence: 'closed' | 'blocked'; onReopen: () => void }) {
  return (
    <section className={styles.absent} role="alert">
      <div className={styles.why}>
        <p className={styles.whyTitle}>{t('The window that was read in is closed')}</p>
        <p className={styles.muted}>
          {absence === 'closed'
            ? t('What was read there is kept. A case chosen here opens in a new window.')
            : t('The browser blocked a new one. Allow this site to open windows, then try again.')}
        </p>
      </div>
      <Button variant="default" onClick={onReopen}>
        {t('Open the reading room again')}
      </Button>
    </section>
  );
}
