/** One line of numbers under the image, units always there, and the keys of the active tool. */
import { scaleOf } from '../../geometry/affine';
import { formatNumber } from '../../ui/format';
import type { Frame } from '../../viewer/frames';
import type { Hover, ViewportTool } from '../../viewer/Viewport';
import { t } from '../../words/t';
import { useLayout } from './layout';
import { cineRate } from './layoutCommands';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { useReading } from './store';
import { WindowMenu } from './WindowMenu';

const PROMPTING = t(
  'shift or right button denies · ⏎ accepts · Esc rejects · A S D F kind of prompt',
);

const TOOL_HELP: Readonly<Record<ViewportTool, string>> = {
  window: t('drag: window · right button: zoom · wheel: slices or zoom'),
  pan: t('drag: pan · right button: zoom'),
  zoom: t('drag: zoom · middle button: pan'),
  scroll: t('drag: slices · right button: zoom'),
  crosshair: t('drag: place · round grips: turn the planes · shift and move: look along'),
  point: t('click // with the mouse'),
  length: t('drag or two clicks · Esc gives up'),
  bidirectional: t('drag the long axis, then click where the short one ends · Esc gives up'),
  angle: t('three clicks: arm, corner, arm · ⌫ takes one back · Esc gives up'),
  cobb: t('drag a line along each end plate · ⌫ takes one back · Esc gives up'),
  box: t('drag or two clicks · Esc gives up'),
  circle: t('drag from the middle · Esc gives up'),
  ellipse: t('drag from corner to corner · Esc gives up'),
  polygon: t(
    'click corners or trace · ⏎ closes · ⌫ takes one back · alt+click on a node removes it',
  ),
  livewire: t(
    'click along an edge, the line snaps to it · ⏎ or the first place closes · ⌫ takes the last place back',
  ),
  freehand: t('trace with the button held · Esc gives up'),
  spline: t('click nodes · ⏎ closes · ⌫ takes one back · alt+click on a node removes it'),
  brush: t('drag paints · shift or right button erases · Alt ↑ ↓ size · Alt S through slices'),
  edge: t(
    'drag paints what is like the pixel under it · shift or right button erases · Alt ↑ ↓ size',
  ),
  eraser: t('drag erases · Alt ↑ ↓ size · Alt S through slices'),
  scissors: t('trace around · shift or right button cuts out'),
  grow: t(
    'click: what is joined and alike · Alt S through slices · shift or right button takes out',
  ),
  fill: t('click a hole · shift or right button removes a part'),
  promptPoint: t('click · {others}', { others: PROMPTING }),
  promptScribble: t('drag · {others}', { others: PROMPTING }),
  promptBox: t('drag around · {others}', { others: PROMPTING }),
  promptLasso: t('trace around · {others}', { others: PROMPTING }),
  polyline: t('click nodes or trace · ⏎ ends · ⌫ takes one back · Esc gives up'),
};

const signed = (value: number): string => {
  const text = Number.isInteger(value) ? String(Math.abs(value)) : formatNumber(Math.abs(value), 1);
  return value < 0 ? `−${text}` : text;
};

/** The value under the pointer with its unit; three numbers for colour. */
export function valueText({ values, unit }: Hover): string {
  if (values.length > 1) return `RGB ${values.join(' ')}`;
  const value = values[0];
  return value === undefined ? '' : [signed(value), unit].filter(Boolean).join(' ');
}

export function StatusLine({ frames }: { readonly frames: readonly Frame[] }) {
  const { view, hover } = useReadout();
  const isPlaying = useLayout((layout) => layout.isPlaying);
  const tool = useReading((state) => state.tool);
  const frame = view ? frames[view.index] : undefined;
  const parts: string[] = [];
  if (view && frame) {
    parts.push(`${view.index + 1}/${frames.length}`);
    if (frame.spacing) parts.push(`${formatNumber(frame.spacing.column, 2)} mm/px`);
    if (view.affine)
      parts.push(t('zoom {scale}', { scale: formatNumber(scaleOf(view.affine), 2) }));
    if (isPlaying) parts.push(t('{rate} frames/s', { rate: cineRate(frame) }));
  }
  return (
    <footer className={styles.status}>
      <span>{parts.join(' · ')}</span>
      {frame && view?.window && <WindowMenu frame={frame} window={view.window} />}
      <span className={styles.value}>
        {hover &&
          t('{value} at {column}, {row}', {
            value: valueText(hover),
            column: Math.floor(hover.point[0]),
            row: Math.floor(hover.point[1]),
          })}
      </span>
      <span className={styles.push} />
      <span className={styles.muted}>{TOOL_HELP[tool]}</span>
    </footer>
  );
}
