/** How the images of a case are laid out: the grid, what each viewport shows, what is linked. */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { PlaneName } from '../../geometry/planes';
import { stackOfView } from '../../viewer/breastViews';
import type { Frame, Series } from '../../viewer/frames';
import { throughTime } from '../../viewer/moments';

export type LinkKind = 'scroll' | 'zoom' | 'window';

export type Links = Readonly<Record<LinkKind, boolean>>;

/** What one viewport shows. */
export interface Cell {
  readonly seriesUid: string | null;
  /** The mammographic view that hangs here ("R CC"), from whichever series hold it. */
  readonly view?: string;
  /** It hangs for the earlier study, also where that has no such image. */
  readonly isEarlier?: boolean;
  /** Which time of a series over time; absent is the first. */
  readonly phase?: number;
  /** All times of this slice are shown as a stack, in place of all slices of one time. */
  readonly slice?: number;
  /** The plane the series is cut in; absent shows the slices as acquired. */
  readonly plane?: PlaneName;
  /** The series is looked at as a whole, in 3D. */
  readonly isVolume?: boolean;
  /** The series laid over it, in colour. */
  readonly overlayUid?: string;
  /** The window a hanging protocol asks for, by its name. */
  readonly windowName?: string;
}

/** What a viewport is given to show, and the frame it begins with. */
export interface HungCell extends Cell {
  readonly index: number;
}

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

export interface Layout extends Grid {
  /** As many as the largest grid has; those beyond the grid keep what they showed. */
  readonly cells: readonly Cell[];
  /** The frame each viewport shows or was left at: the one thing here that every slice changes. */
  readonly indices: readonly number[];
  readonly active: number;
  readonly isMaximised: boolean;
  readonly links: Links;
  readonly isPlaying: boolean;
  /** An earlier study hangs beside each case that has one. */
  readonly isComparing: boolean;
  /** Laid out by a hanging protocol, not by hand. */
  readonly isHung: boolean;
  /** Frames per second the reader asked for; null leaves it to the file. */
  readonly framesPerSecond: number | null;
}

export interface HungGrid extends Grid {
  readonly cells: readonly HungCell[];
}

interface LayoutActions {
  /** Gives the series of a case to the viewports, one each, in their order. */
  open(series: readonly Series[]): void;
  arrange(grid: Grid): void;
  activate(cellIndex: number): void;
  /** `phase` is the time, of a series over time. */
  show(cellIndex: number, seriesUid: string, index?: number, phase?: number): void;
  keepIndex(cellIndex: number, index: number): void;
  /** Looks at the series of a viewport in 3D, or at its slices again. */
  setVolume(cellIndex: number, isVolume: boolean): void;
  /** Lays a series over a viewport, from a plane over all that shows its series; null takes it away. */
  setOverlay(cellIndex: number, seriesUid: string | null): void;
  toggleMaximised(): void;
  toggleLink(kind: LinkKind): void;
  play(isPlaying: boolean): void;
  setRate(framesPerSecond: number): void;
  setComparing(isComparing: boolean): void;
  /** Lays everything out as a hanging protocol says. */
  hang(layout: HungGrid & Pick<Layout, 'links'>): void;
}

/** Grids in the order one key walks through them. */
export const GRIDS: readonly Grid[] = [
  { rows: 1, columns: 1 },
  { rows: 1, columns: 2 },
  { rows: 2, columns: 1 },
  { rows: 1, columns: 3 },
  { rows: 2, columns: 2 },
  { rows: 2, columns: 3 },
  { rows: 2, columns: 4 },
  { rows: 3, columns: 3 },
];

export const MOST_CELLS = 9;

const EMPTY: Cell = { seriesUid: null };

const FROM_THE_FIRST: readonly number[] = Array.from({ length: MOST_CELLS }, () => 0);

/** Cells and where their stacks begin, for all viewports there can be. */
export function hungCells(hung: readonly HungCell[]): Pick<Layout, 'cells' | 'indices'> {
  const rest = Array.from({ length: MOST_CELLS - hung.length }, () => EMPTY);
  return {
    cells: [...hung.map(({ index: _, ...cell }) => cell), ...rest],
    indices: FROM_THE_FIRST.map((first, at) => hung[at]?.index ?? first),
  };
}

export const gridName = ({ rows, columns }: Grid): string => `${rows} × ${columns}`;

/** The viewports on screen, by index. */
export const visibleCells = ({
  rows,
  columns,
  cells,
}: Pick<Layout, 'rows' | 'columns' | 'cells'>): readonly Cell[] => cells.slice(0, rows * columns);

export const useLayout = create<Layout & LayoutActions>()((set, get) => {
  const change = (cellIndex: number, next: Partial<Cell>) =>
    set({
      cells: get().cells.map((cell, index) => (index === cellIndex ? { ...cell, ...next } : cell)),
    });
  return {
    rows: 1,
    columns: 1,
    ...hungCells([]),
    active: 0,
    isMaximised: false,
    links: { scroll: true, zoom: false, window: false },
    isPlaying: false,
    isComparing: false,
    isHung: false,
    framesPerSecond: null,
    open(series) {
      const first = series.slice(0, MOST_CELLS);
      set({
        ...hungCells(first.map(({ series_uid }) => ({ seriesUid: series_uid, index: 0 }))),
        active: 0,
        isMaximised: false,
        isPlaying: false,
      });
    },
    arrange({ rows, columns }) {
      const active = get().active < rows * columns ? get().active : 0;
      set({ rows, columns, active, isMaximised: false, isHung: false });
    },
    activate: (active) => set({ active, isPlaying: get().isPlaying && active === get().active }),
    show(cellIndex, seriesUid, index = 0, phase = 0) {
      const { cells, indices } = get();
      const cell: Cell = phase > 0 ? { seriesUid, phase } : { seriesUid };
      set({ cells: cells.with(cellIndex, cell), indices: indices.with(cellIndex, index) });
    },
    keepIndex(cellIndex, index) {
      const { indices } = get();
      if (indices[cellIndex] !== index) set({ indices: indices.with(cellIndex, index) });
    },
    setVolume: (cellIndex, isVolume) => change(cellIndex, { isVolume }),
    setOverlay(cellIndex, overlayUid) {
      const { cells } = get();
      const { plane, seriesUid } = cells[cellIndex] ?? EMPTY;
      const isMeant = (cell: Cell, at: number) =>
        at === cellIndex || (plane !== undefined && cell.seriesUid === seriesUid);
      set({
        cells: cells.map((cell, at) => {
          if (!isMeant(cell, at)) return cell;
          const { overlayUid: _, ...bare } = cell;
          return overlayUid ? { ...bare, overlayUid } : bare;
        }),
      });
    },
    toggleMaximised: () => set({ isMaximised: !get().isMaximised }),
    toggleLink(kind) {
      const { links } = get();
      set({ links: { ...links, [kind]: !links[kind] } });
    },
    play: (isPlaying) => set({ isPlaying }),
    setRate: (framesPerSecond) => set({ framesPerSecond }),
    setComparing: (isComparing) => set({ isComparing }),
    hang({ cells, ...layout }) {
      set({ ...layout, ...hungCells(cells), active: 0, isMaximised: false, isHung: true });
    },
  };
});

/** All of it but where in the stacks one is: who asks for this is not drawn anew by scrolling. */
export const useArranged = () => useLayout(useShallow(({ indices: _, ...layout }) => layout));

/** The series in each viewport on screen. */
export const stacksIn = (
  series: readonly Series[],
  cells: readonly Cell[],
): readonly (Series | undefined)[] => cells.map((cell) => seriesIn(series, cell));

/** The frames on screen in every viewport but one. */
export const framesBeside = (
  at: number,
  stacks: readonly (Series | undefined)[],
  { indices }: Pick<Layout, 'indices'>,
): readonly Frame[] =>
  stacks.flatMap((stack, other) => {
    const frame = stack?.frames[indices[other] ?? 0];
    return other !== at && frame ? [frame] : [];
  });

/** What a viewport shows: a series, one time of it, or the images of one mammographic view. */
export function seriesIn(series: readonly Series[], cell: Cell | undefined): Series | undefined {
  const found = series.find(({ series_uid }) => series_uid === cell?.seriesUid);
  if (found?.phases && cell && !cell.view) return timesIn(found, cell);
  if (!found || !cell?.view) return found;
  const study = found.frames[0]?.study_uid;
  return stackOfView(
    series.filter(({ frames }) => frames[0]?.study_uid === study),
    cell.view,
  );
}

const timesIn = (series: Series, { phase = 0, slice }: Cell): Series =>
  slice === undefined ? (series.phases?.[phase]?.stack ?? series) : throughTime(series, slice);
