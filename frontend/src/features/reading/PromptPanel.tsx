/** Prompting: which kind, through the slices or not, how far it is, and what becomes of the mask. */
import { Button, SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import type { LabelSchema } from '../../api/projects';
import { CommandKey } from '../../commands/CommandKey';
import { type Command, isEnabled } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import { useMouse } from '../../ui/mouseMap';
import { ProgressRow } from '../../ui/ProgressRow';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import styles from './Panel.module.css';
import { promptingCommands } from './promptCommands';
import { isWaiting, setThroughFrames, usePrompting } from './prompting';
import { useReading } from './store';
import { erasingGestures } from './toolHelp';

interface PromptPanelProps {
  readonly schema: LabelSchema;
  readonly frames: readonly Frame[];
}

const KINDS = [
  { id: 'tool.promptPoint', name: t('Point') },
  { id: 'tool.promptScribble', name: t('Scribble') },
  { id: 'tool.promptBox', name: t('Box') },
  { id: 'tool.promptLasso', name: t('Lasso') },
];

export function PromptPanel({ schema, frames }: PromptPanelProps) {
  const prompting = usePrompting();
  const tool = useReading((state) => state.tool);
  const denying = useMouse(({ actions }) => erasingGestures(actions));
  const commands = useMemo(() => promptingCommands(schema, frames), [schema, frames]);
  useCommands('prompting', commands);
  const { prompts, preview, throughFrames, trouble, progress, segmenter, note } = prompting;
  const waits = isWaiting(prompting) && !trouble;
  const button = (id: string, name: string) => (
    <CommandPress key={id} command={commands.find((one) => one.id === id)} name={name} />
  );
  return (
    <div className={styles.brush}>
      <fieldset className={`${styles.edits} ${styles.bare}`} aria-label={t('Kind of prompt')}>
        {KINDS.map(({ id, name }) => {
          const command = commands.find((one) => one.id === id);
          return (
            <button
              key={id}
              type="button"
              className={styles.edit}
              aria-pressed={id === `tool.${tool}`}
              onMouseDown={keepFocus}
              onClick={() => void command?.run()}
            >
              {name} <CommandKey id={id} />
            </button>
          );
        })}
      </fieldset>
      {frames.length > 1 && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('Where to look')}
          value={throughFrames ? '3D' : '2D'}
          data={[
            { value: '2D', label: t('This slice') },
            { value: '3D', label: t('All slices') },
          ]}
          onChange={(value) => setThroughFrames(value === '3D')}
        />
      )}
      <p className={styles.muted}>
        {t('Point at the structure.')}{' '}
        {denying && t('{gestures}: what is not part of it.', { gestures: denying })}
      </p>
      {waits && <ProgressRow title={t('Looking for the border')} share={progress} />}
      {trouble && (
        <p className={styles.bad} role="alert">
          {trouble}
        </p>
      )}
      {prompts.length > 0 && (
        <p className={styles.muted} data-testid="prompt-state" data-waiting={isWaiting(prompting)}>
          {t('{count, plural, one {# prompt} other {# prompts}}', { count: prompts.length })} ·{' '}
          {maskText(preview.length, waits)}
          {segmenter && !waits && ` · ${segmenter}`}
        </p>
      )}
      {note && !waits && <p className={styles.muted}>{note}</p>}
      <div className={styles.row}>
        {button('prompt.accept', t('Accept'))}
        {button(
          'prompt.reject',
          prompts.length > 0 ? (waits ? t('Cancel') : t('Reject')) : t('Leave'),
        )}
        {prompts.length > 0 && button('prompt.takeBack', t('Take back'))}
        {trouble && button('prompt.again', t('Ask again'))}
      </div>
    </div>
  );
}

const maskText = (count: number, waits: boolean): string => {
  if (count > 0) return t('mask on {count, plural, one {# slice} other {# slices}}', { count });
  return waits ? t('no mask yet') : t('nothing found');
};

function CommandPress({ command, name }: { command: Command | undefined; name: string }) {
  if (!command) return null;
  return (
    <Button
      variant="default"
      size="xs"
      disabled={!isEnabled(command)}
      onMouseDown={keepFocus}
      onClick={() => void command.run()}
      rightSection={<CommandKey id={command.id} />}
    >
      {name}
    </Button>
  );
}
