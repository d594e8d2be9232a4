/** Which project this is, and a way to another one. */
import { Menu } from '@mantine/core';
import { IconChevronDown, IconFolders } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Session } from '../../api/access';
import { spoken } from '../../ui/format';
import { t } from '../../words/t';
import styles from './Frame.module.css';

export function ProjectSwitch({
  session,
  projectId,
}: {
  session: Session;
  projectId: string | null;
}) {
  const current = session.projects.find((project) => project.id === projectId);
  return (
    <Menu position="bottom-start" width={320}>
      <Menu.Target>
        <button type="button" className={styles.switch}>
          <span>{current?.name ?? t('Choose a project')}</span>
          {current && <span className={styles.quiet}>{spoken(current.role)}</span>}
          <IconChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflow: 'auto' }}>
        {session.projects.map((project) => (
          <Menu.Item
            key={project.id}
            component={Link}
            to={`/projects/${project.id}`}
            rightSection={<span className={styles.quiet}>{spoken(project.role)}</span>}
          >
            {project.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/projects" leftSection={<IconFolders size={16} />}>
          {t('All projects')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
