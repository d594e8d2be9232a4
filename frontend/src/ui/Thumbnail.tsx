/** A small picture of a study; says so when there is none. */
import { IconPhotoOff } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../words/t';
import styles from './Thumbnail.module.css';

interface Props {
  url: string | null;
  alt: string;
  size?: number;
}

export function Thumbnail({ url, alt, size = 26 }: Props) {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const [shownUrl, setShownUrl] = useState<string | null>(null);
  const isMissing = !url || failedUrl === url;
  return (
    <span className={styles.frame} style={{ width: size, height: size }}>
      {isMissing ? (
        <IconPhotoOff
          size={Math.min(20, size * 0.6)}
          aria-label={alt ? t('no picture of {alt}', { alt }) : t('no picture')}
        />
      ) : (
        <img
          src={url}
          alt={alt}
          width={size}
          height={size}
          loading="lazy"
          decoding="async"
          data-shown={shownUrl === url}
          onLoad={() => setShownUrl(url)}
          onError={() => setFailedUrl(url)}
        />
      )}
    </span>
  );
}
