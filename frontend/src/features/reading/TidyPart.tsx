/** What copies, fills, tidies and combines segments: on the slice on screen, or through them all. */
import { useState } from 'react';
import type { LabelSchema } from '../../api/projects';
import { type Command, isEnabled } from '../../commands/registry';
import { type Frame, isOneStack } from '../../viewer/frames';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import styles from './Panel.module.css';
import { usePlanes } from './planes';
import { useReadout } from './readout';
import { otherSegment, otherSegments } from './segmentInHand';
import { useStackEditing } from './stackEditing';
import { useReading } from './store';
import { TIDY_IDS } from './tidyCommands';
import { WidthFields } from './WidthFields';

interface TidyPartProps {
  readonly schema: LabelSchema;
  readonly frames: readonly Frame[];
  readonly commands: readonly Command[];
}

const COPIES = ['segment.copyPrevious', 'segment.copyNext', 'segment.between'];

/** A width that was typed keeps the keys of the room to itself; what is done next gives them back. */
const leaveField = () =>
  document.activeElement instanceof HTMLInputElement && document.activeElement.blur();

/** By itself, because what an edit can do changes with the slice and with every stroke. */
export function TidyPart({ schema, frames, commands }: TidyPartProps) {
  const [isThrough, setThrough] = useState(false);
  const isStack = isOneStack(frames);
  useReadout((state) => state.view?.index);
  usePlanes();
  useReading((state) => state.items);
  useStackEditing((state) => state.title);
  const tidies = isStack && isThrough ? TIDY_IDS.stack : TIDY_IDS.slice;
  const buttons = [...COPIES, ...tidies, 'segment.clear'].flatMap(
    (id) => commands.find((command) => command.id === id) ?? [],
  );
  return (
    <>
      {isStack && (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={isThrough}
            onChange={(event) => setThrough(event.currentTarget.checked)}
          />
          {t('Tidy all slices')}
        </label>
      )}
      <WidthFields frames={frames} isThrough={isStack && isThrough} />
      <Other schema={schema} />
      <div className={styles.edits}>
        {buttons.map((command) => (
          <button
            key={command.id}
            type="button"
            className={styles.edit}
            disabled={!isEnabled(command)}
            onMouseDown={keepFocus}
            onClick={() => {
              leaveField();
              void command.run();
            }}
          >
            {command.title}
          </button>
        ))}
      </div>
    </>
  );
}

/** Which segment is meant by the other one. */
function Other({ schema }: Pick<TidyPartProps, 'schema'>) {
  const arrange = useReading((state) => state.arrange);
  useReading((state) => state.labelFor);
  useReading((state) => state.otherSegment);
  const others = otherSegments(schema);
  if (others.length === 0) return null;
  return (
    <label className={styles.check}>
      {t('Other segment')}
      <select
        className={styles.edit}
        value={otherSegment(schema)?.key}
        onChange={(event) => {
          arrange({ otherSegment: event.currentTarget.value });
          // The keys of the room go on at once.
          event.currentTarget.blur();
        }}
      >
        {others.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
