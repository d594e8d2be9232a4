/** Opens the pull panel; not there where no server is open to the project. */
import { Button } from '@mantine/core';
import { IconServer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { sourcesQuery } from '../../../api/pulls';
import { t } from '../../../words/t';

interface Props {
  projectId: string;
  isOpen: boolean;
  onToggle: () => void;
}

export function PullButton({ projectId, isOpen, onToggle }: Props) {
  const sources = useQuery(sourcesQuery(projectId));
  if (!sources.data?.length) return null;
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
