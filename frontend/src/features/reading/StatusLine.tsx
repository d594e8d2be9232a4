/** One line of numbers under the image, units always there, and the keys of the active tool. */
import { memo } from 'react';
import { scaleOf } from '../../geometry/affine';
import { formatNumber } from '../../ui/format';
import { useMouse } from '../../ui/mouseMap';
import type { Frame } from '../../viewer/frames';
import type { Hover } from '../../viewer/Viewport';
import { t } from '../../words/t';
import { useLayout } from './layout';
import { cineRate } from './layoutCommands';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { useReading } from './store';
import { toolHelp, volumeHelp } from './toolHelp';
import { WindowMenu } from './WindowMenu';

/** The value under the pointer with its unit; three numbers for colour. */
export function valueText({ values, unit }: Hover): string {
  if (values.length > 1) return `RGB ${values.join(' ')}`;
  const value = values[0];
  if (value === undefined) return '';
  return [formatNumber(value, Number.isInteger(value) ? 0 : 1), unit].filter(Boolean).join(' ');
}

/** What is laid over the image has there; between two voxels, so with a figure behind the point. */
const overText = ({ value, unit }: NonNullable<Hover['overlay']>): string =>
  [formatNumber(value, Math.abs(value) < 100 ? 2 : 0), unit].filter(Boolean).join(' ');

/** By itself, because it changes at every move of the hand. */
function UnderPointer() {
  const hover = useReadout((state) => state.hover);
  return (
    <span className={styles.value}>
      {hover &&
        t('{value} at {column}, {row}', {
          value: [valueText(hover), hover.overlay && overText(hover.overlay)]
            .filter(Boolean)
            .join(' · '),
          column: Math.floor(hover.point[0]),
          row: Math.floor(hover.point[1]),
        })}
    </span>
  );
}

/** By themselves, because they change with every slice. */
function Numbers({ frames }: { readonly frames: readonly Frame[] }) {
  const view = useReadout((state) => state.view);
  const isPlaying = useLayout((layout) => layout.isPlaying);
  const frame = view ? frames[view.index] : undefined;
  const parts: string[] = [];
  if (view && frame) {
    parts.push(`${view.index + 1}/${frames.length}`);
    if (frame.spacing) parts.push(`${formatNumber(frame.spacing.column, 2)} mm/px`);
    if (view.affine)
      parts.push(t('zoom {scale}', { scale: formatNumber(scaleOf(view.affine), 2) }));
    if (isPlaying) parts.push(t('{rate} frames/s', { rate: cineRate(frame) }));
  }
  return <span>{parts.join(' · ')}</span>;
}

export const StatusLine = memo(function StatusLine({
  frames,
}: {
  readonly frames: readonly Frame[];
}) {
  const isVolume = useLayout(({ cells, active }) => cells[active]?.isVolume === true);
  const tool = useReading((state) => state.tool);
  const actions = useMouse((state) => state.actions);
  return (
    <footer className={styles.status}>
      <Numbers frames={frames} />
      <WindowMenu frames={frames} />
      <UnderPointer />
      <span className={styles.push} />
      <span className={styles.muted}>
        {isVolume ? volumeHelp(tool, actions) : toolHelp(tool, actions)}
      </span>
    </footer>
  );
});
