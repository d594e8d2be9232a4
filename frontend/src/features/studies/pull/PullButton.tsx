/** Opens the pull panel; not there where no server is open to the project. */
import { IconServer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { sourcesQuery } from '../../../api/pulls';
import { t } from '../../../words/t';
import { PanelButton } from '../PanelButton';

interface Props {
  projectId: string;
  isOpen: boolean;
  onToggle: () => void;
}

export function PullButton({ projectId, isOpen, onToggle }: Props) {
  const sources = useQuery(sourcesQuery(projectId));
  return (
    <PanelButton
      id="studies.pull"
      title={t('Pull from a server')}
      icon={<IconServer size={14} />}
      isThere={Boolean(sources.data?.length)}
      isOpen={isOpen}
      onToggle={onToggle}
    />
  );
}
