/** Opens and closes a panel that brings images in: a button and the same as a command. */
import { Button } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useCommands } from '../../commands/useCommands';
import { t } from '../../words/t';

interface Props {
  /** Of the command. */
  id: string;
  title: string;
  icon: ReactNode;
  /** Whether there is anything to open; without, there is no button. */
  isThere?: boolean;
  isOpen: boolean;
  onToggle: () => void;
}

export function PanelButton({ id, title, icon, isThere = true, isOpen, onToggle }: Props) {
  const commands = useMemo(
    () => [
      {
        id,
        title,
        section: t('Studies'),
        isEnabled: () => isThere,
        isOn: () => isOpen,
        run: onToggle,
      },
    ],
    [id, title, isThere, isOpen, onToggle],
  );
  useCommands(id, commands);
  if (!isThere) return null;
  return (
    <Button variant="default" leftSection={icon} aria-expanded={isOpen} onClick={onToggle}>
      {title}
    </Button>
  );
}
