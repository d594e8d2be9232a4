/** The window by numbers, and the reader's own windows for images of this kind. */
import { Button, NumberInput, Popover, TextInput } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { CommandKey } from '../../commands/CommandKey';
import { useCommands } from '../../commands/useCommands';
import { Failed } from '../../ui/Loaded';
import type { GreyWindow } from '../../viewer/frameFacts';
import type { Frame } from '../../viewer/frames';
import { isMeantFor } from '../../viewer/greyWindows';
import { t } from '../../words/t';
import {
  changedWindow,
  MOST_WINDOWS,
  type OwnWindow,
  raisedWindow,
  toggleOwnWindows,
  useKeepWindows,
  useOwnWindows,
  useWindowPanel,
  withoutWindow,
  withWindow,
} from './ownWindows';
import { useReadout } from './readout';
import styles from './WindowPanel.module.css';
import { WindowRow } from './WindowRow';

interface WindowPanelAtProps {
  /** The first of the active stack. */
  readonly frame: Frame;
  readonly children: ReactNode;
}

/** Opens above what it stands around; the image stays free to be looked at and dragged on. */
export function WindowPanelAt({ frame, children }: WindowPanelAtProps) {
  const isOpen = useWindowPanel((panel) => panel.isOpen);
  return (
    <Popover
      opened={isOpen}
      position="top-start"
      closeOnClickOutside={false}
      shadow="none"
      trapFocus
      withRoles={false}
    >
      <Popover.Target>
        <span>{children}</span>
      </Popover.Target>
      <Popover.Dropdown>{isOpen && <Panel frame={frame} />}</Popover.Dropdown>
    </Popover>
  );
}

function Panel({ frame }: { readonly frame: Frame }) {
  const list = useOwnWindows();
  const send = useKeepWindows();
  const window = useReadout(({ view }) => view?.window ?? null);
  const [error, setError] = useState<unknown>(null);
  useEscape();
  if (!window) return null;
  const keep = (next: readonly OwnWindow[]) => void send(next).then(() => setError(null), setError);
  const mine = list.filter((one) => isMeantFor(one, frame));
  const kind = { modality: frame.modality, unit: frame.valueUnit };
  return (
    <section className={styles.panel} aria-label={t('Window by numbers')}>
      <div className={styles.head}>
        <b>{t('Window by numbers')}</b>
        <span className={styles.muted}>{[frame.modality, frame.valueUnit].join(' ')}</span>
        <button type="button" className={styles.close} onClick={toggleOwnWindows}>
          {t('Close')} <CommandKey id="image.ownWindows" />
        </button>
      </div>
      <ByNumbers window={window} />
      <ul className={styles.list} aria-label={t('Windows of my own')}>
        {mine.map((one) => (
          <WindowRow
            key={one.name}
            own={one}
            now={window}
            isFirst={one === mine[0]}
            onChange={(change) => keep(changedWindow(list, one, change))}
            onRaise={() => keep(raisedWindow(list, one))}
            onRemove={() => keep(withoutWindow(list, one))}
          />
        ))}
      </ul>
      <NewWindow
        isFull={list.length >= MOST_WINDOWS}
        onKeep={(name) => keep(withWindow(list, { ...kind, ...window, name, digit: null }))}
      />
      <Failed error={error} />
    </section>
  );
}

function useEscape() {
  const commands = useMemo(
    () => [
      {
        id: 'image.closeOwnWindows',
        title: t('Close the window panel'),
        section: t('Image'),
        shortcut: 'escape',
        worksInFields: true,
        run: toggleOwnWindows,
      },
    ],
    [],
  );
  useCommands('own-windows', commands);
}

/** Shows what is on screen and sets it while one types. */
function ByNumbers({ window }: { readonly window: GreyWindow }) {
  const viewport = useReadout((state) => state.viewport);
  const field = (label: string, part: keyof GreyWindow) => (
    <NumberField
      label={label}
      value={window[part]}
      least={part === 'width' ? 1 : undefined}
      isFirst={part === 'center'}
      onNumber={(value) => viewport?.setWindow({ ...window, [part]: value })}
    />
  );
  return (
    <div className={styles.numbers}>
      {field(t('Centre'), 'center')}
      {field(t('Width'), 'width')}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly least: number | undefined;
  /** It has the focus when the panel opens. */
  readonly isFirst: boolean;
  readonly onNumber: (value: number) => void;
}

/** What is typed stays as typed until the field is left, whatever the image makes of it. */
function NumberField({ label, value, least, isFirst, onNumber }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | number | null>(null);
  return (
    <NumberInput
      label={label}
      size="xs"
      data-autofocus={isFirst || undefined}
      hideControls
      decimalScale={2}
      value={typed ?? Math.round(value * 100) / 100}
      onChange={(next) => {
        setTyped(next);
        if (typeof next === 'number' && (least === undefined || next >= least)) onNumber(next);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

interface NewWindowProps {
  readonly isFull: boolean;
  readonly onKeep: (name: string) => void;
}

function NewWindow({ isFull, onKeep }: NewWindowProps) {
  const [name, setName] = useState('');
  const wanted = name.trim();
  return (
    <form
      className={styles.numbers}
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(wanted);
        setName('');
      }}
    >
      <TextInput
        label={t('Keep the window on screen as')}
        size="xs"
        maxLength={37}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default" disabled={!wanted || isFull}>
        {t('Keep // a window')}
      </Button>
    </form>
  );
}
