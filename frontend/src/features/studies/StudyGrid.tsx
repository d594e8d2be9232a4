/** Studies as pictures. */
import type { ReactNode } from 'react';
import type { StudyRow } from '../../api/studies';
import { Thumbnail } from '../../ui/Thumbnail';
import styles from './Studies.module.css';

interface Props {
  rows: readonly StudyRow[];
  onOpen: (row: StudyRow) => void;
  foot: ReactNode;
}

export function StudyGrid({ rows, onOpen, foot }: Props) {
  return (
    <>
      <div className={styles.grid}>
        {rows.map((row) => (
          <button key={row.id} type="button" className={styles.tile} onClick={() => onOpen(row)}>
            <Thumbnail url={row.thumbnail_url} alt="" size={122} />
            <span title={row.pseudonym}>{row.pseudonym}</span>
          </button>
        ))}
      </div>
      {foot && <div className={styles.foot}>{foot}</div>}
    </>
  );
}
