/** The reading panel as readers will see it, from the design as it stands. */
import {
  IconAngle,
  IconBone,
  IconBrush,
  IconCircle,
  IconCircleDashed,
  IconLasso,
  IconLine,
  IconOvalVertical,
  IconPlus,
  IconPolygon,
  IconRectangle,
  IconRulerMeasure,
  IconRulerMeasure2,
  IconSquare,
  IconVectorSpline,
} from '@tabler/icons-react';

import { KeyCap } from '../../../ui/KeyCap';
import { Panel } from '../../../ui/Panel';
import styles from './Labels.module.css';
import type { LabelDraft, SchemaDraft } from './labelDraft';

const MARK_ICONS = {
  class: IconCircle,
  point: IconPlus,
  length: IconRulerMeasure,
  bidirectional: IconRulerMeasure2,
  angle: IconAngle,
  cobb: IconBone,
  box: IconRectangle,
  circle: IconCircleDashed,
  ellipse: IconOvalVertical,
  polygon: IconPolygon,
  freehand: IconLasso,
  spline: IconVectorSpline,
  polyline: IconLine,
  segment: IconBrush,
} satisfies Record<LabelDraft['kind'], typeof IconCircle>;

export function LabelPreview({ draft }: { draft: SchemaDraft }) {
  const classes = draft.labels.filter((label) => label.kind === 'class');
  const marks = draft.labels.filter((label) => label.kind !== 'class');
  return (
    <Panel title="As readers see it">
      <div className={styles.preview}>
        {draft.answerMode !== 'none' && <strong>{draft.question || 'No question yet'}</strong>}
        {draft.answerMode !== 'none' &&
          classes.map((label) => (
            <Line
              key={label.row}
              label={label}
              icon={draft.answerMode === 'single' ? IconCircle : IconSquare}
            />
          ))}
        {marks.length > 0 && <h3>Marks</h3>}
        {marks.map((label) => (
          <Line key={label.row} label={label} icon={MARK_ICONS[label.kind]} />
        ))}
        {draft.labels.length === 0 && <span className={styles.note}>Add a label to begin.</span>}
      </div>
    </Panel>
  );
}

function Line({ label, icon: Icon }: { label: LabelDraft; icon: typeof IconCircle }) {
  return (
    <div className={styles.answer}>
      <span className={styles.swatch} style={{ background: label.colour }} />
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <span>{label.name || 'without a name'}</span>
      {label.hotkey && <KeyCap shortcut={label.hotkey} />}
    </div>
  );
}
