/** What a window tells the other of the slices looked at in it, and how it follows that one. */
import { belongsTo, type Frame, type Series } from '../../viewer/frames';
import { indexAt } from '../../viewer/linking';
import { momentWith } from '../../viewer/moments';
import { type Links, seriesIn, useLayout } from './layout';
import { usePlanes } from './planes';
import { ports } from './ports';
import { followOther, isLeading, type Seen } from './secondLink';

const seenOn = (frame: Frame | undefined, window: Seen['window'], isLed: boolean): Seen | null =>
  frame
    ? {
        studyUid: frame.study_uid,
        seriesUid: frame.series_uid,
        sop_instance_uid: frame.sop_instance_uid,
        frame_number: frame.frame_number,
        window,
        isLed,
      }
    : null;

/** The stack looked at in the other window, where it is known here, and the slice of it. */
export function findSeen(
  all: readonly Series[],
  seen: Seen | null,
): { readonly series: Series; readonly index: number } | null {
  const series = all.find(({ series_uid }) => series_uid === seen?.seriesUid);
  if (!seen || !series) return null;
  const { phase, slice } = momentWith(series, (frame) => belongsTo(frame, seen));
  return slice < 0 ? null : { series: series.phases?.[phase]?.stack ?? series, index: slice };
}

/** What the active viewport shows: on a plane the slice through the crosshair. */
export function seenHere(all: readonly Series[]): Seen | null {
  const { cells, indices, active } = useLayout.getState();
  const { planes } = usePlanes.getState();
  const cell = cells[active];
  const series = seriesIn(all, cell);
  if (!series || !cell) return null;
  const isCut = cell.plane !== undefined && planes !== null;
  const index = isCut ? indexAt(series.frames, planes.centre) : (indices[active] ?? 0);
  const window = isCut ? null : (ports.get(active)?.view?.window ?? null);
  return seenOn(series.frames[index], window, !isLeading());
}

const isSame = (one: Seen, other: Seen | null): boolean =>
  one.seriesUid === other?.seriesUid &&
  one.sop_instance_uid === other.sop_instance_uid &&
  one.frame_number === other.frame_number &&
  one.window?.center === other.window?.center &&
  one.window?.width === other.window?.width;

/** Tells of every slice and window come to, by hand or led; answers what ends that and following. */
export function tellSeen(tell: (seen: Seen) => void, all: () => readonly Series[]): () => void {
  let last: Seen | null = null;
  const tellNew = (seen: Seen | null) => {
    if (!seen || isSame(seen, last)) return;
    last = seen;
    tell(seen);
  };
  const stopUsed = ports.onUsed((frames, { index, window }, isLed) =>
    tellNew(seenOn(frames[index], window, isLed)),
  );
  const stopPlanes = usePlanes.subscribe(() => tellNew(seenHere(all())));
  // Another viewport moves nothing before something is done in it.
  const stopActive = useLayout.subscribe(({ active }, before) => {
    const seen = active === before.active ? null : seenHere(all());
    if (seen) tellNew({ ...seen, isLed: true });
  });
  return () => {
    stopUsed();
    stopPlanes();
    stopActive();
    ports.leaveElsewhere();
  };
}

/** Goes along with what is looked at in the other window, as far as its images are known here. */
export function followSeen(seen: Seen, all: readonly Series[], links: Links): void {
  const found = findSeen(all, seen);
  if (!found) return;
  const { window, isLed } = seen;
  if (!isLed) followOther();
  const view = { index: found.index, affine: null, window, isInverted: false };
  ports.followElsewhere(found.series.frames, view, isLed, links);
}
