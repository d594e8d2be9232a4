/** Ctrl+K: every command by name. */
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { IconSearch } from '@tabler/icons-react';
import { KeyCap } from '../ui/KeyCap';
import { t } from '../words/t';
import { useKeymap } from './keymap';
import { type Command, isEnabled, shortcutsOf } from './registry';

export const showPalette = () => spotlight.open();

/** Commands under their headings, in the order in which they were registered. */
export function bySection(commands: readonly Command[]): [section: string, commands: Command[]][] {
  const sections = new Map<string, Command[]>();
  for (const command of commands) {
    const section = sections.get(command.section) ?? [];
    if (!section.some((known) => known.id === command.id)) section.push(command);
    sections.set(command.section, section);
  }
  return [...sections];
}

function groupsOf(commands: readonly Command[]): SpotlightActionGroupData[] {
  return bySection(commands.filter(isEnabled)).map(([group, members]) => ({
    group,
    actions: members.map((command) => {
      const [shortcut] = shortcutsOf(command);
      return {
        id: command.id,
        label: command.title,
        rightSection: shortcut ? <KeyCap shortcut={shortcut} /> : undefined,
        onClick: () => void command.run(),
      };
    }),
  }));
}

export function Palette({ commands }: { commands: readonly Command[] }) {
  useKeymap();
  return (
    <Spotlight
      actions={groupsOf(commands)}
      shortcut={null}
      nothingFound={t('No command has this name')}
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0 }}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: t('Find a command'),
        'aria-label': t('Find a command'),
      }}
    />
  );
}
