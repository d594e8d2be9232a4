/** The rail at the left: where a person can go. */
import { Tooltip } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import type { Session } from '../../api/access';
import { BrandMark } from '../../ui/BrandMark';
import { KeyCap } from '../../ui/KeyCap';
import { t } from '../../words/t';
import styles from './Frame.module.css';
import { isAt, pathOf, placesFor } from './places';

export function Rail({ session, projectId }: { session: Session; projectId: string | null }) {
  const { pathname } = useLocation();
  return (
    <nav className={styles.rail} aria-label={t('Main')}>
      <Link to="/projects" className={styles.brand} aria-label={t('Collimate: all projects')}>
        <BrandMark size={22} />
      </Link>
      {placesFor(session, projectId).map((place) => {
        const isHere = isAt(place, pathname, projectId);
        const Icon = place.icon;
        const label = (
          <span>
            {place.title} <KeyCap shortcut={place.shortcut} />
          </span>
        );
        return (
          <Tooltip key={place.key} label={label} position="right">
            <Link
              to={pathOf(place, projectId)}
              className={`${styles.place} ${isHere ? styles.here : ''}`}
              aria-label={place.title}
              aria-current={isHere ? 'page' : undefined}
            >
              <Icon size={20} stroke={1.6} aria-hidden="true" />
            </Link>
          </Tooltip>
        );
      })}
    </nav>
  );
}
