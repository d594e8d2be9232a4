/** Series laid over others, and colours in place of grey: which, how they look, and their commands. */
import { create } from 'zustand';
import type { HungOverlay } from '../../api/hanging';
import type { Command } from '../../commands/registry';
import { type ColourMap, type Ends, nextMap } from '../../viewer/colourMaps';
import type { Series } from '../../viewer/frames';
import { isLabelMap, measureOf, usualEnds, whyNoOverlay } from '../../viewer/overlayStack';
import { shownUnit } from '../../viewer/shownValues';
import { t } from '../../words/t';
import { type Cell, seriesIn, useLayout } from './layout';

/** How a series looks where it is laid over another. */
export interface Look {
  readonly map: ColourMap;
  /** 0 to 1. */
  readonly opacity: number;
  /** In modality values; null until they are known. */
  readonly ends: Ends | null;
}

interface Fusion {
  /** The panel is asked for, though nothing is laid over anything. */
  readonly isAsked: boolean;
  /** By series; kept while the window is open, so that taking away and laying over again is quick. */
  readonly looks: Readonly<Record<string, Look>>;
  /** Colours in place of the grey of a series. */
  readonly colours: Readonly<Record<string, ColourMap>>;
}

export const useFusion = create<Fusion>()(() => ({ isAsked: false, looks: {}, colours: {} }));

/** Units in which a value means the same for every patient. */
const COMPARED: ReadonlySet<string> = new Set(['HU', 'SUVbw']);

const FIRST_LOOK: Look = { map: 'hot', opacity: 0.5, ends: null };

export const lookOf = (seriesUid: string, { looks }: Fusion = useFusion.getState()): Look =>
  looks[seriesUid] ?? FIRST_LOOK;

export function changeLook(seriesUid: string, change: Partial<Look>): void {
  const { looks } = useFusion.getState();
  useFusion.setState({ looks: { ...looks, [seriesUid]: { ...lookOf(seriesUid), ...change } } });
}

export interface Candidate {
  readonly series: Series;
  /** Why it cannot be laid over the other; null when it can. */
  readonly reason: string | null;
}

/** The other series of the case and of the study beside it. */
export const candidatesFor = (base: Series, all: readonly Series[]): Candidate[] =>
  all
    .filter(({ series_uid }) => series_uid !== base.series_uid)
    .map((series) => ({ series, reason: whyNoOverlay(base.frames[0], series.frames) }));

/** PET first, then another kind of image, then whatever there is. */
export function bestOf(base: Series, candidates: readonly Candidate[]): Series | undefined {
  const usable = candidates.flatMap(({ series, reason }) => (reason ? [] : [series]));
  return (
    usable.find(({ modality }) => modality === 'PT') ??
    usable.find(({ modality }) => modality !== base.modality) ??
    usable[0]
  );
}

/** Lays a series over a viewport, and from a plane over all planes; null takes it away. */
function layOn(at: number, series: Series | null): void {
  useLayout.getState().setOverlay(at, series?.series_uid ?? null);
  if (!series || lookOf(series.series_uid).ends) return;
  const isThere = () => useLayout.getState().cells[at]?.overlayUid === series.series_uid;
  void usualEnds(series.frames)
    .then((ends) => changeLook(series.series_uid, { ends }))
    .catch(() => isThere() && layOn(at, null));
}

/** Lays a series over the active viewport; null takes it away. */
export function layOver(series: Series | null): void {
  const isNew = series && !lookOf(series.series_uid).ends;
  if (isNew && isLabelMap(series.frames)) changeLook(series.series_uid, { map: 'rainbow' });
  layOn(useLayout.getState().active, series);
}

/** The unit that values of a series are shown in, and how many of it one of its values is. */
function unitOf({ frames }: Series): { readonly unit: string; readonly factor: number } {
  const measure = measureOf(frames);
  return { unit: measure ? shownUnit(measure) : '', factor: measure?.suvFactor ?? 1 };
}

/** How a series that is laid over looks, as a hanging protocol keeps it. */
export function hungLook(over: Series): Pick<HungOverlay, 'colours' | 'opacity' | 'ends'> {
  const { map, opacity, ends } = lookOf(over.series_uid);
  const { unit, factor } = unitOf(over);
  const look = { colours: map, opacity };
  if (!ends || !COMPARED.has(unit)) return look;
  return { ...look, ends: { low: ends.low * factor, high: ends.high * factor, unit } };
}

/** In modality values; null where the protocol says none, or in a unit that the series lacks. */
function endsFrom({ ends }: HungOverlay, over: Series): Ends | null {
  const { unit, factor } = unitOf(over);
  return ends?.unit === unit ? { low: ends.low / factor, high: ends.high / factor } : null;
}

/** What a hanging protocol lays over viewports that hang by it, as far as it lies in their space. */
export function layAsHung(
  wanted: readonly (HungOverlay | null | undefined)[],
  seriesFor: (wanted: HungOverlay) => Series | undefined,
  all: readonly Series[],
): void {
  wanted.forEach((asked, at) => {
    const base = seriesIn(all, useLayout.getState().cells[at]);
    const over = asked && seriesFor(asked);
    if (!base || !over || over === base || whyNoOverlay(base.frames[0], over.frames)) return;
    const ends = endsFrom(asked, over);
    const look = { map: asked.colours, opacity: asked.opacity };
    changeLook(over.series_uid, ends ? { ...look, ends } : look);
    layOn(at, over);
  });
}

const OPACITIES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

export function fade(seriesUid: string, by: 1 | -1): void {
  const now = OPACITIES.indexOf(Math.round(lookOf(seriesUid).opacity * 10) / 10);
  changeLook(seriesUid, { opacity: OPACITIES[now + by] ?? (by > 0 ? 1 : 0.1) });
}

/** The map of what is laid over; without that the colours of the series itself, and grey again. */
function turnMap(base: Series, overlayUid: string | undefined): void {
  if (overlayUid) {
    changeLook(overlayUid, { map: nextMap(lookOf(overlayUid).map, false) ?? 'hot' });
    return;
  }
  const { colours } = useFusion.getState();
  setColours(base.series_uid, nextMap(colours[base.series_uid] ?? null, true));
}

export function setColours(seriesUid: string, map: ColourMap | null): void {
  const { [seriesUid]: _, ...others } = useFusion.getState().colours;
  useFusion.setState({ colours: map ? { ...others, [seriesUid]: map } : others });
}

function toggle(base: Series, candidates: readonly Candidate[], overlayUid?: string): void {
  const best = bestOf(base, candidates);
  if (overlayUid) {
    useFusion.setState({ isAsked: false });
    layOver(null);
  } else if (best) layOver(best);
  else useFusion.setState(({ isAsked }) => ({ isAsked: !isAsked }));
}

function layNext(candidates: readonly Candidate[], overlayUid?: string): void {
  const usable = candidates.flatMap(({ series, reason }) => (reason ? [] : [series]));
  const at = usable.findIndex(({ series_uid }) => series_uid === overlayUid);
  layOver(usable[(at + 1) % usable.length] ?? null);
}

/** `cell` is the active viewport. */
export function fusionCommands(all: readonly Series[], cell: Cell | undefined): Command[] {
  const base = seriesIn(all, cell);
  const overlayUid = cell?.overlayUid;
  const isFlat = cell?.isVolume !== true;
  // Only asked for when a command runs: it looks at every slice of every series.
  const candidates = () => (base ? candidatesFor(base, all) : []);
  const command = (
    id: string,
    title: string,
    shortcut: string,
    isEnabled: () => boolean,
    run: () => void,
  ): Command => ({
    id: `overlay.${id}`,
    title,
    section: t('Image'),
    shortcut,
    isEnabled,
    run,
  });
  const isOver = () => overlayUid !== undefined && isFlat;
  return [
    {
      ...command(
        'toggle',
        t('Lay another series over this one, in colour'),
        'shift+u',
        () => base !== undefined && isFlat && all.length > 1,
        () => base && toggle(base, candidates(), overlayUid),
      ),
      isOn: isOver,
    },
    command('next', t('Next series laid over'), 'alt+i', isOver, () =>
      layNext(candidates(), overlayUid),
    ),
    command(
      'map',
      t('Next colour map'),
      'shift+b',
      () => isOver() || (isFlat && base?.frames[0]?.isColour === false),
      () => base && turnMap(base, overlayUid),
    ),
    command('more', t('Overlay more opaque'), 'alt+0', isOver, () => fade(overlayUid ?? '', 1)),
    command('less', t('Overlay more transparent'), 'alt+9', isOver, () =>
      fade(overlayUid ?? '', -1),
    ),
  ];
}
