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
import { t } from '../../../words/t';
import { ATTRIBUTE_KINDS, type AttributeDraft, answersOf, SCOPES } from './attributeDraft';
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
    <Panel title={t('As readers see it')}>
      <div className={styles.preview}>
        {draft.answerMode !== 'none' && <strong>{draft.question || t('No question yet')}</strong>}
        {draft.answerMode !== 'none' &&
          classes.map((label) => (
            <Line
              key={label.row}
              label={label}
              icon={draft.answerMode === 'single' ? IconCircle : IconSquare}
            />
          ))}
        {marks.length > 0 && <h3>{t('Marks')}</h3>}
        {marks.map((label) => (
          <Line key={label.row} label={label} icon={MARK_ICONS[label.kind]} />
        ))}
        {draft.attributes.length > 0 && <h3>{t('Attributes')}</h3>}
        {draft.attributes.map((one) => (
          <div key={one.row} className={styles.asked}>
            <span>
              {one.name || t('without a name')}
              {one.isRequired && ' *'}
            </span>
            <span className={styles.note}>{attributeText(one)}</span>
          </div>
        ))}
        {draft.labels.length === 0 && (
          <span className={styles.note}>{t('Add a label to begin.')}</span>
        )}
      </div>
    </Panel>
  );
}

/** How it is answered, and of what it is asked. */
function attributeText(one: AttributeDraft): string {
  const scope = SCOPES.find(({ value }) => value === one.scope)?.label ?? '';
  const answers = answersOf(one).map(({ label }) => label);
  const range = [one.minimum, one.maximum].some(Boolean)
    ? ` ${t('{least} to {most}', { least: one.minimum || '…', most: one.maximum || '…' })}`
    : '';
  const kind = ATTRIBUTE_KINDS.find(({ value }) => value === one.kind)?.label ?? '';
  const how = answers.length > 0 ? answers.join(' · ') : `${kind}${range} ${one.unit}`;
  return `${scope}: ${how.trim()}`;
}

function Line({ label, icon: Icon }: { label: LabelDraft; icon: typeof IconCircle }) {
  return (
    <div className={styles.answer}>
      <span className={styles.swatch} style={{ background: label.colour }} />
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <span>{label.name || t('without a name')}</span>
      {label.hotkey && <KeyCap shortcut={label.hotkey} />}
    </div>
  );
}
