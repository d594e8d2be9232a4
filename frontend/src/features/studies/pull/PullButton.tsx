/** Opens the pull panel; not there where no server is open to the project. */
import { Button } from '@mantine/core';
import { IconServer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { sourcesQuery } from '../../../api/pulls';
import { useCommands } from '../../../commands/useCommands';
import { t } from '../../../words/t';

interface Props {
  projectId: string;
  isOpen: boolean;
  onToggle: () => void;
}

export function PullButton({ projectId, isOpen, onToggle }: Props) {
  const sources = useQuery(sourcesQuery(projectId));
  const isThere = Boolean(sources.data?.length);
  const commands = useMemo(
    () => [
      {
        id: 'studies.pull',
        title: t('Pull from a server'),
        section: t('Studies'),
        isEnabled: () => isThere,
        isOn: () => isOpen,
        run: onToggle,
      },
    ],
    [isThere, isOpen, onToggle],
  );
  useCommands('studies.pull', commands);
  if (!isThere) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconServer size={14} />}
      aria-expanded={isOpen}
      onClick={onToggle}
    >
      {t('Pull from a server')}
    </Button>
  );
}
