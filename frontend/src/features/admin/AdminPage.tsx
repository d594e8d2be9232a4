/** The head and tabs over the pages about the whole installation. */
import { Link } from '@tanstack/react-router';
import { PageHeader } from '../../ui/PageHeader';
import { t } from '../../words/t';
import styles from './Admin.module.css';
import { AllJobs } from './AllJobs';
import { AuditLog } from './AuditLog';
import { People } from './People';
import { ADMIN_PAGES, type AdminPageName } from './pages';

const PAGES: Record<AdminPageName, { title: string; page: () => React.ReactNode }> = {
  people: { title: t('People'), page: () => <People /> },
  jobs: { title: t('Jobs'), page: () => <AllJobs /> },
  audit: { title: t('Audit'), page: () => <AuditLog /> },
};

export function AdminPage({ page }: { page: AdminPageName }) {
  return (
    <>
      <PageHeader title={t('Admin')} side={t('this installation')} />
      <nav className={styles.tabs} aria-label={t('Admin pages')}>
        {ADMIN_PAGES.map((name) => (
          <Link
            key={name}
            to="/admin/$page"
            params={{ page: name }}
            className={styles.tab}
            aria-current={page === name ? 'page' : undefined}
          >
            {PAGES[name].title}
          </Link>
        ))}
      </nav>
      {PAGES[page].page()}
    </>
  );
}
