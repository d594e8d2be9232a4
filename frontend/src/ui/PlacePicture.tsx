/** A picture of an image with a ring around one place of it. */
import styles from './PlacePicture.module.css';

interface Props {
  readonly url: string;
  readonly alt: string;
  /** Of the picture's width and height, 0 to 1. */
  readonly x: number;
  readonly y: number;
}

export function PlacePicture({ url, alt, x, y }: Props) {
  return (
    <span className={styles.frame}>
      <span className={styles.picture}>
        <img src={url} alt={alt} loading="lazy" decoding="async" draggable={false} />
        <span
          className={styles.ring}
          style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
          aria-hidden="true"
        />
      </span>
    </span>
  );
}
