/** The tools at the left: what the pointer does, and what can be done to the image. */
import {
  Icon3dRotate,
  IconAngle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMove,
  IconBone,
  IconBrightness,
  IconBrush,
  IconBucketDroplet,
  IconCircle,
  IconColorFilter,
  IconContrast,
  IconCube,
  IconEraser,
  IconFlipHorizontal,
  IconFocus2,
  IconLasso,
  IconLine,
  IconLink,
  IconMagnet,
  IconMaximize,
  IconOvalVertical,
  IconPlant,
  IconPlayerPlay,
  IconPlus,
  IconPointerPlus,
  IconPolygon,
  IconRefresh,
  IconRotateClockwise,
  IconRulerMeasure,
  IconRulerMeasure2,
  IconScissors,
  IconSphere,
  IconSquare,
  IconStack2,
  IconSunElectricity,
  IconVectorSpline,
  IconWand,
  IconZoomIn,
  IconZoomScan,
} from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import type { Command } from '../../commands/registry';
import { PAINT_TOOLS } from '../../viewer/segments';
import { MARK_KINDS } from '../../viewer/shapes';
import { t } from '../../words/t';
import { CommandButton } from './CommandButton';
import { LayoutMenu } from './LayoutMenu';
import { useArranged } from './layout';
import { usePlanes } from './planes';
import styles from './Reading.module.css';
import { useReading } from './store';

const ICONS: Readonly<Record<string, ReactNode>> = {
  'tool.window': <IconBrightness size={18} />,
  'tool.pan': <IconArrowsMove size={18} />,
  'tool.zoom': <IconZoomIn size={18} />,
  'tool.scroll': <IconStack2 size={18} />,
  'tool.box': <IconSquare size={18} />,
  'tool.polygon': <IconPolygon size={18} />,
  'tool.length': <IconRulerMeasure size={18} />,
  'tool.point': <IconPlus size={18} />,
  'tool.bidirectional': <IconRulerMeasure2 size={18} />,
  'tool.angle': <IconAngle size={18} />,
  'tool.cobb': <IconBone size={18} />,
  'tool.circle': <IconCircle size={18} />,
  'tool.ellipse': <IconOvalVertical size={18} />,
  'tool.freehand': <IconLasso size={18} />,
  'tool.livewire': <IconMagnet size={18} />,
  'tool.spline': <IconVectorSpline size={18} />,
  'tool.polyline': <IconLine size={18} />,
  'tool.brush': <IconBrush size={18} />,
  'tool.edge': <IconWand size={18} />,
  'paint.ball': <IconSphere size={18} />,
  'tool.eraser': <IconEraser size={18} />,
  'tool.scissors': <IconScissors size={18} />,
  'tool.grow': <IconPlant size={18} />,
  'tool.fill': <IconBucketDroplet size={18} />,
  'prompt.begin': <IconPointerPlus size={18} />,
  'image.invert': <IconContrast size={18} />,
  'image.rotate': <IconRotateClockwise size={18} />,
  'image.flip': <IconFlipHorizontal size={18} />,
  'image.fit': <IconMaximize size={18} />,
  'image.reset': <IconRefresh size={18} />,
  'planes.toggle': <IconCube size={18} />,
  'planes.crosshair': <IconFocus2 size={18} />,
  'volume.toggle': <Icon3dRotate size={18} />,
  'overlay.toggle': <IconColorFilter size={18} />,
  'link.scroll': <IconLink size={18} />,
  'link.zoom': <IconZoomScan size={18} />,
  'link.window': <IconSunElectricity size={18} />,
  'layout.cine': <IconPlayerPlay size={18} />,
  'mark.undo': <IconArrowBackUp size={18} />,
  'mark.redo': <IconArrowForwardUp size={18} />,
};

const GROUPS: readonly (readonly string[])[] = [
  ['tool.window', 'tool.pan', 'tool.zoom', 'tool.scroll'],
  ['planes.toggle', 'planes.crosshair', 'volume.toggle', 'overlay.toggle'],
  [...MARK_KINDS.map((kind) => `tool.${kind}`), 'tool.livewire'],
  [...PAINT_TOOLS.map((tool) => `tool.${tool}`), 'paint.ball', 'prompt.begin'],
  ['image.invert', 'image.rotate', 'image.flip', 'image.fit', 'image.reset'],
  ['link.scroll', 'link.zoom', 'link.window', 'layout.cine'],
];

const STEPS = ['mark.undo', 'mark.redo'];

export function ToolColumn({ commands }: { readonly commands: readonly Command[] }) {
  const tool = useReading((state) => state.tool);
  // Read so that undo and redo follow the log.
  useReading((state) => state.log);
  useArranged();
  usePlanes();
  const found = (ids: readonly string[]) =>
    ids.flatMap((id) => commands.find((command) => command.id === id) ?? []);
  const button = (command: Command) => (
    <CommandButton
      key={command.id}
      command={command}
      icon={ICONS[command.id]}
      isActive={command.isOn?.() ?? command.id.split('.')[1] === tool}
    />
  );
  return (
    <section className={styles.tools} aria-label={t('Tools')}>
      <div className={styles.toolList}>
        <LayoutMenu />
        {GROUPS.map(found)
          .filter((group) => group.length > 0)
          .map((group) => (
            <Fragment key={group[0]?.id}>
              <hr className={styles.rule} />
              {group.map(button)}
            </Fragment>
          ))}
      </div>
      <div className={styles.steps}>{found(STEPS).map(button)}</div>
    </section>
  );
}
