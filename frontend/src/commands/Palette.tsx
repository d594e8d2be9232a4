/** Ctrl+K: every command by name. */
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionGroupData,
  useSpotlight,
} from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { IconSearch } from '@tabler/icons-react';
import { KeyCap } from '../ui/KeyCap';
import { t } from '../words/t';
import { useKeymap } from './keymap';
import { type Command, isEnabled, shortcutsOf } from './registry';

const [store, palette] = createSpotlight();

export const showPalette = palette.open;

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

const NONE: SpotlightActionGroupData[] = [];

/** Closed, it makes nothing of the commands: every case that is opened brings new ones. */
export function Palette({ commands }: { commands: readonly Command[] }) {
  useKeymap();
  const { opened } = useSpotlight(store);
  return (
    <Spotlight
      store={store}
      actions={opened ? groupsOf(commands) : NONE}
      transitionProps={{ duration: 0 }}
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
