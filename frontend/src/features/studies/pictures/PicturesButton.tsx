/** Opens the panel that brings in pictures with a table. */
import { Button } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useCommands } from '../../../commands/useCommands';
import { t } from '../../../words/t';

interface Props {
  isOpen: boolean;
  onToggle: () => void;
}

export function PicturesButton({ isOpen, onToggle }: Props) {
  const commands = useMemo(
    () => [
      {
        id: 'studies.pictures',
        title: t('Pictures with a table'),
        section: t('Studies'),
        isOn: () => isOpen,
        run: onToggle,
      },
    ],
    [isOpen, onToggle],
  );
  useCommands('studies.pictures', commands);
  return (
    <Button
      variant="default"
      leftSection={<IconTable size={14} />}
      aria-expanded={isOpen}
      onClick={onToggle}
    >
      {t('Pictures with a table')}
    </Button>
  );
}
