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
}

export function BesideWorklist({ onImages, ...list }: Props) {
  return (
    <main className={styles.beside}>
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
