/** The place that was pointed at. */
import type { Hunt } from '../../api/hunts';
import { PlacePicture } from '../../ui/PlacePicture';
import { RelativeTime } from '../../ui/RelativeTime';
import { t } from '../../words/t';
import styles from './Hunts.module.css';

export function Wanted({ hunt }: { readonly hunt: Hunt }) {
  return (
    <section className={styles.wanted} aria-label={t('The place pointed at')}>
      <span className={styles.wantedPicture}>
        <PlacePicture url={hunt.picture_url} alt={hunt.pseudonym} x={hunt.x} y={hunt.y} />
      </span>
      <span>
        <b>{t('The place pointed at')}</b>
        <br />
        {hunt.pseudonym}
        <br />
        <span className={styles.facts}>
          <RelativeTime at={hunt.created_at} />
        </span>
      </span>
    </section>
  );
}
