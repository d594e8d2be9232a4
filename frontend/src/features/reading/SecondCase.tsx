/** The images of a case in the second window: earlier ones where there are any, following the first. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import { useCommands } from '../../commands/useCommands';
import type { Series } from '../../viewer/frames';
import { windowChoices } from '../../viewer/greyWindows';
import { firstTimeOf } from '../../viewer/moments';
import { t } from '../../words/t';
import { draftOf } from './draft';
import { counterpartOf, firstIndexIn } from './earlier';
import { findSeen, followSeen, tellSeen } from './following';
import { ImagePane } from './ImagePane';
import { seriesIn, useArranged, useLayout } from './layout';
import { layoutCommands } from './layoutCommands';
import { NotLoaded } from './NotLoaded';
import { useOwnWindows } from './ownWindows';
import { closePlanes } from './planes';
import { ports } from './ports';
import styles from './Reading.module.css';
import { type First, isLeading, type SecondLink } from './secondLink';
import { seriesCommands } from './seriesCommands';
import { useReading } from './store';
import { ToolColumn } from './ToolColumn';
import { type Earlier, earlierCommands, useEarlier } from './useEarlier';
import { useHoldToHide } from './useHoldToHide';
import { useStudy } from './useStudy';
import { useWords } from './useWords';
import { navigationCommands, screenCommands, stackCommands } from './viewCommands';

interface SecondCaseProps {
  readonly reading: ReadingCase;
  readonly link: SecondLink;
  readonly first: First;
}

const NO_HEAT = { url: null, image: null, isWaiting: false, hasFailed: false };
const NOTHING: readonly never[] = [];
const noPin = () => undefined;
const SCREEN = ['screen.text', 'screen.tools', 'marks.hold'];

export function SecondCase({ reading, link, first }: SecondCaseProps) {
  const study = useStudy(reading.project_id, reading.study.study_uid);
  const series = useMemo(() => study.data ?? [], [study.data]);
  const earlier = useEarlier(reading);
  const all = useMemo(() => [...series, ...earlier.series], [series, earlier.series]);
  const areToolsShown = useReading((state) => state.areToolsShown);
  const words = useWords();
  useLayoutEffect(() => {
    useReading.getState().open(first.items ?? draftOf(reading.annotations).items, true);
  }, [first.items, reading.annotations]);
  const [isReady, setReady] = useState(false);
  const noteReady = useCallback(() => setReady(true), []);
  const isHung = useFirstImages(series, earlier, first, isReady);
  useFollowing(all, reading.read.id, link, first);
  useHoldToHide();
  const shown = useViewCommands(all, earlier);
  const commands = useMemo(() => [...shown, ...words.commands], [shown, words.commands]);
  useCommands('reading', commands);
  return (
    <div className={styles.room} style={words.style} data-tools={areToolsShown} data-panel="false">
      <header className={styles.top}>
        <h1 className={styles.caseTitle}>{t('Second window')}</h1>
        <span className={styles.about}>
          <b>{reading.study.pseudonym}</b> {t('only to look at; follows the first window')}
        </span>
      </header>
      {areToolsShown && <ToolColumn commands={commands} />}
      {study.isError ? (
        <NotLoaded study={study} />
      ) : isHung ? (
        <ImagePane
          schema={reading.label_schema}
          series={series}
          earlier={earlier}
          heat={NO_HEAT}
          doubts={NOTHING}
          pins={NOTHING}
          onPin={noPin}
          onReady={noteReady}
        />
      ) : (
        <main className={styles.failed}>
          <p role="status">{t('Loading…')}</p>
        </main>
      )}
    </div>
  );
}

/** How images are looked at, and nothing that says anything about them. */
function useViewCommands(all: readonly Series[], earlier: Earlier): Command[] {
  const { cells, active, show } = useArranged();
  const here = seriesIn(all, cells[active]);
  const windows = useOwnWindows();
  return useMemo(() => {
    const frames = here?.frames ?? NOTHING;
    return [
      ...navigationCommands(),
      ...stackCommands({
        frameCount: frames.length,
        seriesIndex: Math.max(
          0,
          all.findIndex(({ series_uid }) => series_uid === here?.series_uid),
        ),
        seriesCount: all.length,
        showSeries: (index) => show(active, all[index]?.series_uid ?? ''),
        windows: frames[0] ? windowChoices(frames[0], windows) : [],
      }),
      ...layoutCommands(frames[0]).map(withFirst),
      ...earlierCommands(earlier),
      ...seriesCommands(all, cells[active]),
      ...screenCommands().filter(({ id }) => SCREEN.includes(id)),
    ];
  }, [all, here, active, cells, show, earlier, windows]);
}

/** A single viewport is linked too: with the first window. */
const withFirst = (command: Command): Command =>
  ['link.scroll', 'link.window'].includes(command.id)
    ? { ...command, isEnabled: () => true }
    : command;

/**
 * Hangs an earlier study where there is one, else what the first window does not show, and another
 * earlier one when it is asked for. Answers whether it did.
 */
function useFirstImages(
  series: readonly Series[],
  earlier: Earlier,
  first: First,
  isReady: boolean,
): boolean {
  const [isHung, setHung] = useState(false);
  const known = useRef({ first, isHung });
  known.current = { first, isHung };
  const { series: before, isLoading } = earlier;
  useLayoutEffect(() => {
    if (series.length === 0 || isLoading) return;
    const { first: there, isHung: wasHung } = known.current;
    const layout = useLayout.getState();
    if (!wasHung) {
      closePlanes();
      layout.open(series);
      layout.arrange({ rows: 1, columns: 1 });
    }
    const led = findSeen(series, there.seen);
    const current = led?.series ?? series[0];
    if (!current) return;
    const shown = [...there.shown, current.series_uid];
    const further = series.find(({ series_uid }) => !shown.includes(series_uid)) ?? current;
    const isGone = !seriesIn(series, layout.cells[0]);
    const wanted = counterpartOf(current, before) ?? (wasHung ? isGone && current : further);
    if (wanted) {
      const { frames } = firstTimeOf(wanted);
      const index = firstIndexIn(frames, current.frames, led?.index ?? 0);
      layout.show(0, wanted.series_uid, index);
    }
    setHung(true);
  }, [series, before, isLoading]);

  // The first window may have gone on, or come to show something, while images came here.
  const isSeen = first.seen !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first image here is a reason
  useEffect(() => {
    const led = isSeen ? findSeen(series, known.current.first.seen) : null;
    const here = seriesIn([...series, ...before], useLayout.getState().cells[0]);
    if (!led || !here || isLeading()) return;
    ports.get(0)?.handle.show(firstIndexIn(here.frames, led.series.frames, led.index));
  }, [isSeen, isReady, series, before]);
  return isHung;
}

/** Both ways: what is done here is told, what is done there is followed. */
function useFollowing(
  all: readonly Series[],
  readId: string,
  link: SecondLink,
  { seen }: First,
): void {
  const links = useLayout((layout) => layout.links);
  const known = useRef({ all, links });
  known.current = { all, links };
  useEffect(
    () =>
      tellSeen(
        (mine) => link.tell({ type: 'seen', readId, seen: mine }),
        () => known.current.all,
      ),
    [link, readId],
  );
  useEffect(() => {
    if (seen) followSeen(seen, all, known.current.links);
  }, [seen, all]);
}
