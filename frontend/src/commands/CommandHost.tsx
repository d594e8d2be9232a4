/** Listens for keys, and shows the palette and the keys of the current screen. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { MouseMap } from '../ui/mouseMap';
import { t } from '../words/t';
import { listenForCommands } from './keyboard';
import type { Keymap } from './keymap';
import { loadPanels, openPalette, usePanels } from './panels';
import { activeCommands, type Command, useRegistry } from './registry';

/** The two commands that exist everywhere. */
export function hostCommands(toggleHelp: () => void): Command[] {
  return [
    {
      id: 'palette.open',
      title: t('Find a command'),
      section: t('Everywhere'),
      shortcut: 'mod+k',
      worksInFields: true,
      run: () => void openPalette(),
    },
    {
      id: 'help.toggle',
      title: t('Show the keys of this screen'),
      section: t('Everywhere'),
      shortcut: '?',
      run: toggleHelp,
    },
  ];
}

interface Props {
  /** Keeps the person's keys with the account. */
  onKeymap?: (keymap: Keymap) => Promise<unknown>;
  /** Further commands that exist everywhere. */
  more?: readonly Command[];
  onMouse?: (map: MouseMap) => Promise<unknown>;
}

const NO_MORE: readonly Command[] = [];

const keepNowhere = () => Promise.resolve();

export function CommandHost({
  onKeymap = keepNowhere,
  onMouse = keepNowhere,
  more = NO_MORE,
}: Props) {
  const scopes = useRegistry((registry) => registry.scopes);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const Panels = usePanels(({ code }) => code?.HostPanels);
  const everywhere = useMemo(() => {
    const toggleHelp = () => setHelpOpen((isOpen) => !isOpen);
    return hostCommands(() => void loadPanels().then(toggleHelp));
  }, []);
  const commands = useMemo(
    () => [...activeCommands(scopes), ...everywhere, ...more],
    [scopes, everywhere, more],
  );
  const current = useRef(commands);
  current.current = commands;
  useEffect(() => listenForCommands(() => current.current), []);
  return (
    Panels && (
      <Panels
        commands={commands}
        isOpen={isHelpOpen}
        onClose={() => setHelpOpen(false)}
        onKeymap={onKeymap}
        onMouse={onMouse}
      />
    )
  );
}
