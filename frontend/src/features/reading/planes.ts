/** The three planes of the series being cut: where they cross, how they lie, how thick they are. */
import { create } from 'zustand';
import { type PlaneName, type Planes, uprightAt } from '../../geometry/planes';
import type { Frame, Series } from '../../viewer/frames';
import { indexAt } from '../../viewer/linking';
import { centreOf } from '../../viewer/volume';
import type { Slab, SlabMode } from '../../viewer/volumeEngine';
import { hungCells, type Layout, useLayout } from './layout';
import { momentOf } from './phases';
import { ports } from './ports';
import { useReadout } from './readout';
import { useReading } from './store';

interface PlaneState {
  readonly planes: Planes | null;
  readonly slab: Slab;
  /** The layout that was there before the planes were opened. */
  readonly before: Pick<Layout, 'rows' | 'columns' | 'cells' | 'indices' | 'active'> | null;
}

export const usePlanes = create<PlaneState>()(() => ({
  planes: null,
  slab: { mode: 'maximum', thickness_mm: 0 },
  before: null,
}));

const SHOWN: readonly (PlaneName | undefined)[] = ['axial', 'coronal', 'sagittal', undefined];

/** The series of the active viewport in three planes, and as it was acquired. */
export function openPlanes(series: Series): void {
  const { rows, columns, cells, indices, active } = useLayout.getState();
  const seriesUid = series.series_uid;
  const { phase, slice: left } = momentOf(cells[active] ?? { seriesUid }, indices[active] ?? 0);
  const { frames } = series.phases?.[phase]?.stack ?? series;
  const index = left > 0 ? left : Math.floor(frames.length / 2);
  const overlayUid = cells[active]?.overlayUid;
  const cut = SHOWN.map((plane) => ({
    seriesUid,
    index,
    ...(phase > 0 && { phase }),
    ...(plane && { plane }),
    ...(overlayUid && { overlayUid }),
  }));
  const centre = centreOf(frames, index);
  usePlanes.setState({
    planes: uprightAt(centre),
    before: { rows, columns, cells, indices, active },
  });
  useLayout.setState({
    ...hungCells(cut),
    rows: 2,
    columns: 2,
    active: 0,
    isMaximised: false,
  });
  useReading.getState().use('crosshair');
}

/** Back to the layout there was. */
export function closePlanes(): void {
  const { before } = usePlanes.getState();
  usePlanes.setState({ planes: null, before: null });
  if (before) useLayout.setState({ ...before, isMaximised: false });
  if (useReading.getState().tool === 'crosshair') useReading.getState().use('window');
}

/** Moves or turns the planes; stacks of the same space show the slice through the new centre. */
export function setPlanes(planes: Planes): void {
  const before = usePlanes.getState().planes;
  usePlanes.setState({ planes });
  if (before?.centre === planes.centre) return;
  for (const { frames, handle, view } of ports.all()) {
    const index = frames[0]?.isPlaced ? indexAt(frames, planes.centre) : -1;
    if (index >= 0 && index !== view?.index) handle.show(index);
  }
}

/** The slice that what is done to "this slice" means: on a plane the one through the crosshair. */
export function sliceInHand(frames: readonly Frame[]): number {
  const { cells, active } = useLayout.getState();
  const { planes } = usePlanes.getState();
  return cells[active]?.plane && planes
    ? indexAt(frames, planes.centre)
    : (useReadout.getState().view?.index ?? 0);
}

/** Shows a slice of the active viewport's stack; planes are moved to it. */
export function showSlice(frames: readonly Frame[], index: number): void {
  const { cells, active } = useLayout.getState();
  const { planes } = usePlanes.getState();
  if (cells[active]?.plane && planes) setPlanes({ ...planes, centre: centreOf(frames, index) });
  else useReadout.getState().viewport?.show(index);
}

const THICKNESSES_MM = [0, 3, 5, 10, 15, 20, 30, 50];

export function thicken(by: 1 | -1): void {
  const { slab } = usePlanes.getState();
  const at = THICKNESSES_MM.findIndex((thickness) => thickness >= slab.thickness_mm);
  const thickness_mm = THICKNESSES_MM[at + by];
  if (thickness_mm !== undefined) usePlanes.setState({ slab: { ...slab, thickness_mm } });
}

/** A slab of this kind; a thin cut becomes 10 mm thick, as only a slab projects anything. */
export function project(mode: SlabMode): void {
  const { slab } = usePlanes.getState();
  usePlanes.setState({ slab: { mode, thickness_mm: slab.thickness_mm || 10 } });
}
