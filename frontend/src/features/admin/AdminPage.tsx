/** The head and tabs over the pages about the whole installation. */
import { Link } from '@tanstack/react-router';
import { PageHeader } from '../../ui/PageHeader';
import styles from './Admin.module.css';
import { AllJobs } from './AllJobs';
import { AuditLog } from './AuditLog';
import { People } from './People';
import { ADMIN_PAGES, type AdminPageName } from './pages';

const PAGES: Record<AdminPageName, { title: string; page: () => React.ReactNode }> = {
  people: { title: 'People', page: () => <People /> },
  jobs: { title: 'Jobs', page: () => <AllJobs /> },
  audit: { title: 'Audit', page: () => <AuditLog /> },
};

export function AdminPage({ page }: { page: AdminPageName }) {
  return (
    <>
      <PageHeader title="Admin" side="this installation" />
      <nav className={styles.tabs} aria-label="Admin pages">
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
