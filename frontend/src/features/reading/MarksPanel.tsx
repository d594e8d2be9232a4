/** What can be marked, and the marks made so far: label, size, where, hide, delete. */

import { ActionIcon } from '@mantine/core';
import { IconEye, IconEyeOff, IconTrash } from '@tabler/icons-react';
import { memo } from 'react';
import type { Label, LabelSchema } from '../../api/projects';
import { CommandKey } from '../../commands/CommandKey';
import type { Frame } from '../../viewer/frames';
import type { Mark, MarkKind } from '../../viewer/marks';
import { measureText } from '../../viewer/markText';
import { MARK_KINDS, SHAPES, SQUARE } from '../../viewer/shapes';
import { measuringSpacing } from '../../viewer/sizeText';
import { flatPoints } from '../../viewer/spaceMarks';
import { kindMadeBy } from '../../viewer/Viewport';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { activeLabel, labelsOf } from './caseCommands';
import { marksOf } from './items';
import { LabelRow } from './LabelRow';
import styles from './Panel.module.css';
import { setPlanes, usePlanes } from './planes';
import { useReading } from './store';

export interface MarksPanelProps {
  readonly schema: LabelSchema;
  readonly frames: readonly Frame[];
  readonly onShow: (mark: Mark) => void;
}

export const MarksPanel = memo(function MarksPanel({ schema, frames, onShow }: MarksPanelProps) {
  const items = useReading((state) => state.items);
  const marks = marksOf(items);
  const labels = MARK_KINDS.flatMap((kind) => labelsOf(schema, kind));
  if (labels.length === 0 && marks.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="marks">
      <h2 id="marks" className={styles.heading}>
        {t('Marks')}
        <span className={styles.muted}>
          {' '}
          <CommandKey id="marks.hold" /> {t('hides all')}
        </span>
      </h2>
      {labels.map((label) => (
        <MarkLabel key={label.key} schema={schema} label={label} />
      ))}
      <ul className={styles.marks}>
        {marks.map((mark) => (
          <MarkRow key={mark.id} mark={mark} schema={schema} frames={frames} onShow={onShow} />
        ))}
      </ul>
      {marks.length === 0 && <p className={styles.muted}>{t('No marks yet.')}</p>}
    </section>
  );
});

function MarkLabel({ schema, label }: { readonly schema: LabelSchema; readonly label: Label }) {
  const { tool, labelFor, use } = useReading();
  const kind = label.kind as MarkKind;
  const isInHand = kindMadeBy(tool) === kind;
  const isActive = isInHand && activeLabel(schema, kind, labelFor)?.key === label.key;
  return (
    <LabelRow
      label={label}
      isActive={isActive}
      onPress={() => use(isInHand ? tool : kind, label.key)}
    >
      <span className={styles.muted}>{SHAPES[kind].name}</span>
    </LabelRow>
  );
}

interface MarkRowProps extends MarksPanelProps {
  readonly mark: Mark;
}

function MarkRow({ mark, schema, frames, onShow }: MarkRowProps) {
  const { selectedId, hiddenIds, isReadOnly, select, toggleHidden, remove } = useReading();
  const label = schema.labels.find(({ key }) => key === mark.label_key);
  const at = frames.findIndex(
    (frame) =>
      frame.sop_instance_uid === mark.sop_instance_uid && frame.frame_number === mark.frame_number,
  );
  const isHidden = hiddenIds.has(mark.id);
  const name = label?.name ?? mark.label_key;
  return (
    <li className={styles.mark} data-chosen={mark.id === selectedId} data-hidden={isHidden}>
      <button
        type="button"
        className={styles.markName}
        onMouseDown={keepFocus}
        onClick={() => {
          select(mark.id);
          const { planes } = usePlanes.getState();
          const place = mark.inSpace?.places[0];
          if (planes && place) setPlanes({ ...planes, centre: place });
          else onShow(mark);
        }}
      >
        <i className={styles.swatch} style={{ background: label?.colour }} aria-hidden="true" />
        <span className={styles.name}>{name}</span>
        <span className={styles.number}>{placeText(mark, frames, at)}</span>
      </button>
      <ActionIcon
        color="gray"
        size="sm"
        aria-label={isHidden ? t('Show {name}', { name }) : t('Hide {name}', { name })}
        onMouseDown={keepFocus}
        onClick={() => toggleHidden(mark.id)}
      >
        {isHidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
      </ActionIcon>
      <ActionIcon
        color="gray"
        size="sm"
        aria-label={t('Delete {name}', { name })}
        disabled={isReadOnly}
        onMouseDown={keepFocus}
        onClick={() => remove(mark.id)}
      >
        <IconTrash size={14} />
      </ActionIcon>
    </li>
  );
}

/** What the mark measures, and on which slice it lies. */
function placeText(mark: Mark, frames: readonly Frame[], at: number): string {
  const { kind, points, inSpace } = mark;
  if (inSpace)
    return [measureText(kind, flatPoints(inSpace), SQUARE), t('on a plane')]
      .filter(Boolean)
      .join(' · ');
  const frame = frames[at];
  const measure = measureText(kind, points, measuringSpacing(frame), frame?.plane?.spacing);
  const slice = frames.length > 1 && at >= 0 ? String(at + 1) : '';
  return [measure, slice].filter(Boolean).join(' · ');
}
