/** Makes a whole page a place to drop folders, files and zips on. */
import { IconUpload } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { t } from '../../../words/t';
import styles from '../Studies.module.css';
import { filesFromDrop, type Picked } from './dropped';
import { useUploads } from './uploadStore';

interface Props {
  projectId: string;
  isEnabled: boolean;
  /** True where the files go elsewhere than into an upload. */
  onTake: (picked: Picked) => boolean;
  children: ReactNode;
}

export function DropArea({ projectId, isEnabled, onTake, children }: Props) {
  const add = useUploads((store) => store.add);
  const depth = useRef(0);
  const [isOver, setOver] = useState(false);
  const hasFiles = (event: DragEvent) => isEnabled && event.dataTransfer.types.includes('Files');
  const enter = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    depth.current += 1;
    setOver(true);
  };
  const leave = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    depth.current -= 1;
    if (depth.current <= 0) setOver(false);
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    void filesFromDrop(event.dataTransfer).then((files) => {
      if (!onTake(files)) add(projectId, files);
    });
  };
  return (
    // The buttons of the page do the same for keyboard and screen reader.
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way only
    <div
      className={styles.drop}
      onDragEnter={enter}
      onDragLeave={leave}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={drop}
    >
      {children}
      {isOver && (
        <div className={styles.overlay}>
          <IconUpload size={32} aria-hidden="true" />
          {t('Drop DICOM files, folders or zips to bring them into this project')}
        </div>
      )}
    </div>
  );
}
