/** Every project this person is in, and a new one for an instance admin. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSession } from '../../api/access';
import { type Project, projectsQuery } from '../../api/projects';
import { Chip } from '../../ui/Chip';
import { EmptyState } from '../../ui/EmptyState';
import { spoken } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { PageHeader } from '../../ui/PageHeader';
import { t } from '../../words/t';
import { NewProject } from './NewProject';
import styles from './ProjectList.module.css';

export function ProjectList() {
  const projects = useQuery(projectsQuery);
  const { user } = useSession();
  return (
    <>
      <PageHeader
        title={t('Projects')}
        side={
          projects.data &&
          t('{count, plural, one {# project} other {# projects}}', { count: projects.data.length })
        }
        actions={user.is_admin && <NewProject />}
      />
      <Loaded of={projects}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState
              title={t('You are not in a project yet')}
              text={
                user.is_admin
                  ? t('Create the first project, then bring in images and people.')
                  : t('A project admin can add you with the e-mail you signed in with.')
              }
            />
          ) : (
            <div className={styles.grid}>
              {items.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function ProjectCard({ project }: { project: Project }) {
  return (
    <Link to="/projects/$projectId" params={{ projectId: project.id }} className={styles.card}>
      <span className={styles.name} title={project.name}>
        {project.name}
      </span>
      <span className={styles.purpose}>{project.purpose || t('No purpose was written down.')}</span>
      <span className={styles.foot}>
        {project.role && <Chip text={spoken(project.role)} />}
        {project.is_demo && <Chip text={t('demo')} />}
      </span>
    </Link>
  );
}
