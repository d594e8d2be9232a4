/** Commands that paint segments, copy them from slice to slice, and tidy what was painted. */
import type { LabelSchema } from '../../api/projects';
import type { Command } from '../../commands/registry';
import { millimetres } from '../../geometry/units';
import { type Frame, isOneStack } from '../../viewer/frames';
import type { PaintTool } from '../../viewer/segments';
import { t } from '../../words/t';
import { labelsOf } from './caseCommands';
import { inWorker } from './computing';
import type { Segment } from './items';
import { showSlice, sliceInHand } from './planes';
import { cleared, copied, segmentOn, unseenFrames } from './segmentEdits';
import { activeSegment } from './segmentInHand';
import { isEditing, runEdit } from './stackEditing';
import { editOf, segmentsFrom } from './stackEdits';
import { useReading } from './store';
import { tidyCommands } from './tidyCommands';

const SEGMENTS = t('Segments');
const SMALLEST_MM = 0.5;
const LARGEST_MM = 100;

const TOOLS: readonly { tool: PaintTool; title: string; shortcut: string }[] = [
  { tool: 'brush', title: t('Brush'), shortcut: 'alt+b' },
  { tool: 'edge', title: t('Brush along edges'), shortcut: 'alt+v' },
  { tool: 'eraser', title: t('Eraser'), shortcut: 'alt+x' },
  { tool: 'scissors', title: t('Scissors'), shortcut: 'alt+c' },
  { tool: 'fill', title: t('Fill'), shortcut: 'alt+g' },
  { tool: 'grow', title: t('Region grow'), shortcut: 'alt+r' },
];

const isEditable = () => !useReading.getState().isReadOnly;

/** A brush of another size, by steps of a fifth, within what a hand can use. */
export function resize(by: 1 | -1): void {
  const { paint, setPaint } = useReading.getState();
  const radius = Math.min(
    LARGEST_MM,
    Math.max(SMALLEST_MM, paint.radius * (by > 0 ? 1.2 : 1 / 1.2)),
  );
  setPaint({ radius: millimetres(Math.round(radius * 10) / 10) });
}

export function paintCommands(schema: LabelSchema, frames: readonly Frame[]): Command[] {
  if (labelsOf(schema, 'segment').length === 0) return [];
  const frameAt = (by: number) => frames[sliceInHand(frames) + by];
  const painted = () => {
    const [label, frame] = [activeSegment(schema), frameAt(0)];
    const found = label && frame && segmentOn(useReading.getState().items, label.key, frame);
    return (found?.runs.length ?? 0) > 0;
  };
  const act = (title: string, make: (labelKey: string, frame: Frame) => Segment[]) => () => {
    const [label, frame] = [activeSegment(schema), frameAt(0)];
    if (label && frame) useReading.getState().paintSegments(make(label.key, frame), title);
  };
  const items = () => useReading.getState().items;
  const copy = (id: string, title: string, by: 1 | -1): Command => ({
    id: `segment.${id}`,
    title,
    section: SEGMENTS,
    isEnabled: () => isEditable() && frameAt(by) !== undefined,
    run: act(title, (key) => {
      const here = sliceInHand(frames);
      return copied(items(), key, frames, [here + by, here]);
    }),
  });
  return [
    ...TOOLS.map(({ tool, title, shortcut }) => ({
      id: `tool.${tool}`,
      title,
      section: SEGMENTS,
      shortcut,
      isEnabled: isEditable,
      run: () => useReading.getState().use(tool),
    })),
    {
      id: 'paint.smaller',
      title: t('Smaller brush'),
      section: SEGMENTS,
      shortcut: 'alt+down',
      run: () => resize(-1),
    },
    {
      id: 'paint.larger',
      title: t('Larger brush'),
      section: SEGMENTS,
      shortcut: 'alt+up',
      run: () => resize(1),
    },
    copy('copyPrevious', t('Copy from the slice before'), -1),
    copy('copyNext', t('Copy from the slice after'), 1),
    {
      id: 'segment.between',
      title: t('Fill between slices'),
      section: SEGMENTS,
      isEnabled: () => isEditable() && !isEditing() && frames.length > 2,
      run: () => {
        const [label, frame] = [activeSegment(schema), frameAt(0)];
        if (!label || !frame) return;
        const between = { how: 'between', width: 0, otherKey: '', protectsOthers: false } as const;
        const work = { ...between, key: label.key, frames };
        return runEdit(
          {
            title: t('Fill between slices'),
            ask: (now) => editOf(now, work),
            make: (changes, now) => segmentsFrom(changes, now, work),
            keep(made) {
              const { fillSegments, see } = useReading.getState();
              fillSegments(made, 'between');
              see(frame);
            },
          },
          inWorker,
        );
      },
    },
    {
      id: 'segment.unseen',
      title: t('Next filled slice to look at'),
      section: SEGMENTS,
      shortcut: 'alt+n',
      isEnabled: () => unseenFrames(items(), useReading.getState().unseenIds, frames).length > 0,
      run: () => {
        const found = unseenFrames(items(), useReading.getState().unseenIds, frames);
        const here = sliceInHand(frames);
        const next = found.find((index) => index > here) ?? found[0];
        if (next !== undefined) showSlice(frames, next);
      },
    },
    ...tidyCommands(schema, frames),
    {
      id: 'segment.clear',
      title: t('Clear this slice'),
      section: SEGMENTS,
      isEnabled: () => isEditable() && painted(),
      run: act('clear', (key, frame) => cleared(items(), key, frame)),
    },
    {
      id: 'paint.ball',
      title: t('Brush through slices (ball)'),
      section: SEGMENTS,
      shortcut: 'alt+s',
      isEnabled: () => isOneStack(frames),
      isOn: () => useReading.getState().paint.isBall,
      run: () => {
        const { paint, setPaint } = useReading.getState();
        setPaint({ isBall: !paint.isBall });
      },
    },
    {
      id: 'paint.protect',
      title: t('Leave other segments alone'),
      section: SEGMENTS,
      run: () => {
        const { paint, setPaint } = useReading.getState();
        setPaint({ protectsOthers: !paint.protectsOthers });
      },
    },
    {
      id: 'paint.fill',
      title: t('Outline or filled segments'),
      section: SEGMENTS,
      shortcut: 'alt+o',
      run: () => {
        const { segmentFill, arrange } = useReading.getState();
        arrange({ segmentFill: segmentFill > 0 ? 0 : 0.35 });
      },
    },
  ];
}
