/** How the images of a case are laid out: the grid, what each viewport shows, what is linked. */
import { create } from 'zustand';
import type { PlaneName } from '../../geometry/planes';
import { stackOfView } from '../../viewer/breastViews';
import type { Series } from '../../viewer/frames';

export type LinkKind = 'scroll' | 'zoom' | 'window';

/** What one viewport shows; `index` is the frame it was left at. */
export interface Cell {
  readonly seriesUid: string | null;
  readonly index: number;
  /** The mammographic view that hangs here ("R CC"), from whichever series hold it. */
  readonly view?: string;
  /** It hangs for the earlier study, also where that has no such image. */
  readonly isEarlier?: boolean;
  /** The plane the series is cut in; absent shows the slices as acquired. */
  readonly plane?: PlaneName;
  /** The series is looked at as a whole, in 3D. */
  readonly isVolume?: boolean;
  /** The window a hanging protocol asks for, by its name. */
  readonly windowName?: string;
}

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

export interface Layout extends Grid {
  /** As many as the largest grid has; those beyond the grid keep what they showed. */
  readonly cells: readonly Cell[];
  readonly active: number;
  readonly isMaximised: boolean;
  readonly links: Readonly<Record<LinkKind, boolean>>;
  readonly isPlaying: boolean;
  /** An earlier study hangs beside each case that has one. */
  readonly isComparing: boolean;
  /** Laid out by a hanging protocol, not by hand. */
  readonly isHung: boolean;
  /** Frames per second the reader asked for; null leaves it to the file. */
  readonly framesPerSecond: number | null;
}

interface LayoutActions {
  /** Gives the series of a case to the viewports, one each, in their order. */
  open(series: readonly Series[]): void;
  arrange(grid: Grid): void;
  activate(cellIndex: number): void;
  show(cellIndex: number, seriesUid: string, index?: number): void;
  keepIndex(cellIndex: number, index: number): void;
  /** Looks at the series of a viewport in 3D, or at its slices again. */
  setVolume(cellIndex: number, isVolume: boolean): void;
  toggleMaximised(): void;
  toggleLink(kind: LinkKind): void;
  play(isPlaying: boolean): void;
  setRate(framesPerSecond: number): void;
  setComparing(isComparing: boolean): void;
  /** Lays everything out as a hanging protocol says. */
  hang(layout: Grid & Pick<Layout, 'cells' | 'links'>): void;
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

const EMPTY: Cell = { seriesUid: null, index: 0 };

export const gridName = ({ rows, columns }: Grid): string => `${rows} × ${columns}`;

/** The viewports on screen, by index. */
export const visibleCells = ({ rows, columns, cells }: Layout): readonly Cell[] =>
  cells.slice(0, rows * columns);

export const useLayout = create<Layout & LayoutActions>()((set, get) => {
  const change = (cellIndex: number, next: Partial<Cell>) =>
    set({
      cells: get().cells.map((cell, index) => (index === cellIndex ? { ...cell, ...next } : cell)),
    });
  return {
    rows: 1,
    columns: 1,
    cells: Array.from({ length: MOST_CELLS }, () => EMPTY),
    active: 0,
    isMaximised: false,
    links: { scroll: true, zoom: false, window: false },
    isPlaying: false,
    isComparing: false,
    isHung: false,
    framesPerSecond: null,
    open(series) {
      set({
        cells: Array.from({ length: MOST_CELLS }, (_, index) => ({
          seriesUid: series[index]?.series_uid ?? null,
          index: 0,
        })),
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
    show(cellIndex, seriesUid, index = 0) {
      const shown: Cell = { seriesUid, index };
      set({ cells: get().cells.map((cell, at) => (at === cellIndex ? shown : cell)) });
    },
    keepIndex(cellIndex, index) {
      if (get().cells[cellIndex]?.index !== index) change(cellIndex, { index });
    },
    setVolume: (cellIndex, isVolume) => change(cellIndex, { isVolume }),
    toggleMaximised: () => set({ isMaximised: !get().isMaximised }),
    toggleLink(kind) {
      const { links } = get();
      set({ links: { ...links, [kind]: !links[kind] } });
    },
    play: (isPlaying) => set({ isPlaying }),
    setRate: (framesPerSecond) => set({ framesPerSecond }),
    setComparing: (isComparing) => set({ isComparing }),
    hang({ cells, ...layout }) {
      const rest = Array.from({ length: MOST_CELLS - cells.length }, () => EMPTY);
      set({ ...layout, cells: [...cells, ...rest], active: 0, isMaximised: false, isHung: true });
    },
  };
});

/** What a viewport shows: a series, or the images of one mammographic view. */
export function seriesIn(series: readonly Series[], cell: Cell | undefined): Series | undefined {
  const found = series.find(({ series_uid }) => series_uid === cell?.seriesUid);
  if (!found || !cell?.view) return found;
  const study = found.frames[0]?.study_uid;
  return stackOfView(
    series.filter(({ frames }) => frames[0]?.study_uid === study),
    cell.view,
  );
}
