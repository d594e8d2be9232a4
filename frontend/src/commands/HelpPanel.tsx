/** `?`: the keys for where you are, and the place to change them. */
import { Button, Drawer, Select } from '@mantine/core';
import { useState } from 'react';
import { printedChord } from '../ui/KeyCap';
import type { MouseMap } from '../ui/mouseMap';
import { t } from '../words/t';
import styles from './HelpPanel.module.css';
import { isFixed, KeyRow } from './KeyRow';
import { DEFAULT_KEYMAP, type Keymap, useKeymap, withOwnKeys } from './keymap';
import { MousePart } from './MousePart';
import { bySection } from './Palette';
import { PRESETS } from './presets';
import { type Command, shortcutsOf } from './registry';

export interface HelpPanelProps {
  commands: readonly Command[];
  isOpen: boolean;
  onClose: () => void;
  /** Keeps the keys with the account. Rejects when that could not be done. */
  onKeymap: (keymap: Keymap) => Promise<unknown>;
  /** Keeps the mouse map with the account. Rejects when that could not be done. */
  onMouse: (map: MouseMap) => Promise<unknown>;
}

/** The command that only a screen with images on it has. */
const ON_IMAGES = 'tool.window';

interface Listening {
  readonly id: string;
  readonly refusal: string | null;
}

export function HelpPanel(props: HelpPanelProps) {
  const [listening, setListening] = useState<Listening | null>(null);
  return (
    <Drawer
      opened={props.isOpen}
      onClose={props.onClose}
      position="right"
      size={400}
      title={t('Keys on this screen')}
      closeOnEscape={listening === null}
    >
      <Keys {...props} listening={listening} onListening={setListening} />
    </Drawer>
  );
}

interface KeysProps extends Pick<HelpPanelProps, 'commands' | 'onKeymap' | 'onMouse'> {
  readonly listening: Listening | null;
  readonly onListening: (listening: Listening | null) => void;
}

function Keys({ commands, onKeymap, onMouse, listening, onListening: setListening }: KeysProps) {
  const { keymap, change, problem } = useChange(onKeymap);
  const take = (command: Command, chord: string | null) => {
    const holder = commands.find(
      (other) => other.id !== command.id && chord !== null && shortcutsOf(other).includes(chord),
    );
    if (holder && chord)
      return setListening({ id: command.id, refusal: refusalOf(chord, holder.title) });
    if (chord !== null) change(withOwnKeys(keymap, command.id, chord === '' ? [] : [chord]));
    setListening(null);
  };
  const shown = commands.filter((command) => !isFixed(command) || shortcutsOf(command).length > 0);
  return (
    <>
      <Presets keymap={keymap} onChange={change} />
      {problem && <p role="alert">{problem}</p>}
      {bySection(shown).map(([section, members]) => (
        <section key={section} aria-label={section}>
          <h3 className={styles.section}>{section}</h3>
          <dl className={styles.list}>
            {members.map((command) => (
              <KeyRow
                key={command.id}
                command={command}
                isListening={listening?.id === command.id}
                refusal={listening?.refusal ?? null}
                onListen={() => setListening({ id: command.id, refusal: null })}
                onChord={(chord) => take(command, chord)}
              />
            ))}
          </dl>
        </section>
      ))}
      {commands.some(({ id }) => id === ON_IMAGES) && <MousePart onMouse={onMouse} />}
    </>
  );
}

const refusalOf = (chord: string, title: string): string =>
  t('{chord} is the key of “{title}”. Press another one, or Esc.', {
    chord: printedChord(chord),
    title,
  });

function useChange(onKeymap: HelpPanelProps['onKeymap']) {
  const { keymap, use } = useKeymap();
  const [problem, setProblem] = useState('');
  const change = (next: Keymap) => {
    use(next);
    setProblem('');
    onKeymap(next).catch(() =>
      setProblem(
        t('These keys work now, but could not be kept with your account. Try again later.'),
      ),
    );
  };
  return { keymap, change, problem };
}

interface PresetsProps {
  keymap: Keymap;
  onChange: (keymap: Keymap) => void;
}

function Presets({ keymap, onChange }: PresetsProps) {
  const ownCount = Object.keys(keymap.own).length;
  return (
    <div className={styles.presets}>
      <Select
        label={t('Set of keys')}
        description={PRESETS.find(({ id }) => id === keymap.preset)?.about}
        data={PRESETS.map(({ id, name }) => ({ value: id, label: name }))}
        value={keymap.preset}
        allowDeselect={false}
        onChange={(preset) => preset && onChange({ ...keymap, preset })}
      />
      {ownCount > 0 && (
        <Button variant="default" onClick={() => onChange({ ...keymap, own: DEFAULT_KEYMAP.own })}>
          {t('Give up my own keys ({ownCount})', { ownCount })}
        </Button>
      )}
    </div>
  );
}
