/** `?`: the keys for where you are. */
import { Drawer } from '@mantine/core';
import { KeyCap } from '../ui/KeyCap';
import styles from './HelpPanel.module.css';
import { bySection } from './Palette';
import { type Command, isEnabled, shortcutsOf } from './registry';

interface Props {
  commands: readonly Command[];
  isOpen: boolean;
  onClose: () => void;
}

export function HelpPanel({ commands, isOpen, onClose }: Props) {
  const withKeys = commands.filter((command) => shortcutsOf(command).length > 0);
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={360}
      title="Keys on this screen"
    >
      {bySection(withKeys).map(([section, members]) => (
        <section key={section} aria-label={section}>
          <h3 className={styles.section}>{section}</h3>
          <dl className={styles.list}>
            {members.map((command) => (
              <div key={command.id} className={styles.row}>
                <dt className={isEnabled(command) ? undefined : styles.off}>{command.title}</dt>
                <dd>
                  {shortcutsOf(command).map((shortcut) => (
                    <KeyCap key={shortcut} shortcut={shortcut} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Drawer>
  );
}
