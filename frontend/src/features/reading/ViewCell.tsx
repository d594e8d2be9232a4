/** One place of the grid: a series on a viewport, or an invitation to put one there. */
import { memo, useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Frame, Series } from '../../viewer/frames';
import { windowChoices } from '../../viewer/greyWindows';
import { isDrawingTool } from '../../viewer/prompts';
import { Viewport } from '../../viewer/Viewport';
import { t } from '../../words/t';
import { AlignedNote } from './AlignedNote';
import { type Cell, framesBeside, useArranged, useLayout } from './layout';
import { cineRate } from './layoutCommands';
import { PlaneCell } from './PlaneCell';
import { lookAsBefore } from './phases';
import { ports } from './ports';
import styles from './Reading.module.css';
import { useReadout } from './readout';
import { SERIES_DATA } from './SeriesStrip';
import { useReading } from './store';
import { useColours } from './useOverlays';
import { usePort } from './usePort';
import type { Shared } from './useShared';
import { VolumeCell } from './VolumeCell';

interface ViewCellProps {
  readonly at: number;
  /** How long before the case these images were made; absent for those of the case itself. */
  readonly earlier: string | undefined;
  /** The series in every viewport on screen. */
  readonly stacks: readonly (Series | undefined)[];
  /** Those that can be laid over it. */
  readonly all: readonly Series[];
  readonly viewport: Shared;
  readonly onReady: () => void;
}

export const ViewCell = memo(function ViewCell(props: ViewCellProps) {
  const { at, earlier, stacks, onReady } = props;
  const series = stacks[at];
  const { active, cells, columns, rows, isMaximised, isPlaying, activate, show } = useArranged();
  const colours = useColours(props.all, cells[at] ?? NO_CELL);
  const viewport = useMemo(
    () => ({ ...(earlier ? onlyLookedAt(props.viewport) : props.viewport), ...colours }),
    [earlier, props.viewport, colours],
  );
  const isActive = at === active;
  const plane = cells[at]?.plane;
  const isVolume = cells[at]?.isVolume ?? false;
  const windowName = cells[at]?.windowName ?? '';
  const view = cells[at]?.view ?? '';
  const { phase, slice } = cells[at] ?? NO_CELL;
  const isAlone = rows * columns === 1;
  const dropped = (event: React.DragEvent) => {
    const uid = event.dataTransfer.getData(SERIES_DATA);
    if (!uid) return;
    event.preventDefault();
    show(at, uid);
    activate(at);
  };
  return (
    <section
      className={styles.cell}
      aria-label={t('Viewport {at}', { at: at + 1 })}
      data-active={isActive}
      data-alone={isAlone}
      data-maximised={isMaximised && isActive}
      style={
        isMaximised && isActive
          ? { gridRow: '1 / -1', gridColumn: '1 / -1' }
          : { gridRow: Math.floor(at / columns) + 1, gridColumn: (at % columns) + 1 }
      }
      onPointerDownCapture={() => activate(at)}
      onWheelCapture={() => activate(at)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={dropped}
      onDoubleClick={() => !isAlone && useLayout.getState().toggleMaximised()}
    >
      {earlier && (
        <span className={styles.earlier}>
          {earlier}
          {series && <AlignedNote series={series} stacks={stacks} />}
        </span>
      )}
      {series && isVolume ? (
        <VolumeCell at={at} frames={series.frames} isActive={isActive} viewport={viewport} />
      ) : series && plane ? (
        <PlaneCell
          at={at}
          name={plane}
          frames={series.frames}
          isActive={isActive}
          viewport={viewport}
        />
      ) : series ? (
        <StackCell
          key={`${series.series_uid} ${view} ${windowName} ${phase} ${slice}`}
          at={at}
          frames={series.frames}
          windowName={windowName}
          isActive={isActive}
          stacks={stacks}
          framesPerSecond={isPlaying && isActive ? cineRate(series.frames[0]) : null}
          viewport={viewport}
          onReady={onReady}
        />
      ) : (
        <p className={styles.emptyCell}>{emptyText(cells[at])}</p>
      )}
    </section>
  );
});

const NO_CELL: Cell = { seriesUid: null };

function emptyText(cell: Cell | undefined): string {
  const { view, isEarlier } = cell ?? {};
  if (isEarlier)
    return view ? t('No earlier {view} image', { view }) : t('No earlier series of this kind');
  return view ? t('No {view} image', { view }) : t('Drag a series here');
}

function chooseWindow(at: number, frame: Frame | undefined, name: string): void {
  const choice = frame && windowChoices(frame).find((one) => one.name === name);
  if (choice) ports.get(at)?.handle.setWindow(choice.window);
}

/** Nothing is said about earlier images: they take no marks and no paint. */
const onlyLookedAt = (viewport: Shared): Shared => ({
  ...viewport,
  tool: isDrawingTool(viewport.tool) ? 'window' : viewport.tool,
  isReadOnly: true,
  heatMap: null,
  paint: null,
  prompts: null,
});

interface StackCellProps {
  readonly at: number;
  readonly frames: readonly Frame[];
  /** Chosen when the first image is on screen; empty leaves the file's own. */
  readonly windowName: string;
  readonly isActive: boolean;
  readonly stacks: readonly (Series | undefined)[];
  readonly framesPerSecond: number | null;
  readonly viewport: Shared;
  readonly onReady: () => void;
}

function StackCell(props: StackCellProps) {
  const { at, frames, isActive, stacks, windowName, viewport, onReady } = props;
  const [firstIndex] = useState(() => useLayout.getState().indices[at] ?? 0);
  const others = useLayout(useShallow((layout) => framesBeside(at, stacks, layout)));
  const isWindowDue = useRef(windowName !== '');
  const isNew = useRef(true);
  const port = usePort(at, frames, isActive);
  return (
    <Viewport
      {...viewport}
      {...port}
      frames={frames}
      firstIndex={firstIndex}
      others={others}
      framesPerSecond={props.framesPerSecond}
      onShown={(index) => {
        useLayout.getState().keepIndex(at, index);
        const frame = frames[index];
        if (frame) useReading.getState().see(frame);
        if (isWindowDue.current) chooseWindow(at, frames[index], windowName);
        isWindowDue.current = false;
        if (isNew.current) lookAsBefore(at);
        isNew.current = false;
        onReady();
      }}
      onHover={(hover) => useReadout.setState({ hover })}
    />
  );
}
