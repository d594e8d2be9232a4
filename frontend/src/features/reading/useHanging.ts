/** Hangs a case: by the first protocol that fits, beside an earlier study, or one series a viewport. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import {
  type HangingProtocol,
  type HangingStage,
  type Owner,
  useHangingLists,
} from '../../api/hanging';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { counterpartOf, firstIndexIn, isOfStudy } from './earlier';
import { hungLook, layAsHung } from './fusion';
import { forgetKept, tellKept } from './HangingNotice';
import {
  besideEarlier,
  type CaseFacts,
  cellsOf,
  fits,
  hasViews,
  type LooksNow,
  needsEarlier,
  seriesFor,
  stageOf,
  withProtocol,
} from './hanging';
import { seriesIn, useLayout } from './layout';
import { mammographyFor } from './mammography';
import { momentOf } from './phases';
import { closePlanes } from './planes';
import { ports } from './ports';
import type { Earlier } from './useEarlier';

/** `current` are the series of the case itself. Answers the commands that hang and keep. */
export function useHanging(
  reading: ReadingCase,
  current: readonly Series[],
  earlier: Earlier,
): Command[] {
  const lists = useHangingLists(reading.project_id);
  const facts = useMemo(() => factsOf(reading, current), [reading, current]);
  const found = useMemo(
    () =>
      [...lists.me, ...lists.project].find((protocol) => fits(protocol, facts)) ??
      mammographyFor(current),
    [lists.me, lists.project, facts, current],
  );
  // A protocol kept while the case is open must not hang the case anew.
  const chosen = useRef<HangingProtocol | null>(null);
  const [stageNumber, setStageNumber] = useState(0);
  const isOpen = current.length > 0 && lists.isKnown;
  const { studies, series, studyUid, compare } = earlier;

  const hang = useCallback(
    (stage: HangingStage) => {
      closePlanes();
      const { rows, columns, links } = stage;
      const cells = cellsOf(stage, { current, earlier: series });
      const grid = { rows, columns, cells };
      const isAlone = series.length === 0 || needsEarlier(stage);
      const beside = isAlone ? null : besideEarlier(grid, current, series);
      useLayout.getState().hang({ links, ...(beside ?? grid) });
      if (!beside)
        layAsHung(
          stage.cells.map((wanted) => wanted?.overlay),
          (wanted) => seriesFor(wanted, wanted.study === 'earlier' ? series : current),
          [...current, ...series],
        );
      ports.forget();
      const asked = studies[0]?.study_uid ?? null;
      if (needsEarlier(stage) && studyUid === null && asked !== null) compare(asked);
    },
    [current, series, studies, studyUid, compare],
  );
  const hangNow = useRef(hang);
  hangNow.current = hang;

  useLayoutEffect(() => {
    closePlanes();
    useLayout.getState().open(current);
    return forgetKept;
  }, [current]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each case, when all is known
  useLayoutEffect(() => {
    if (!isOpen) return;
    const { arrange, isHung, isComparing } = useLayout.getState();
    chosen.current = found ?? null;
    const stage = found?.stages[0];
    if (stage) hangNow.current(stage);
    else if (isHung || isComparing) arrange({ rows: 1, columns: 1 });
  }, [current, isOpen]);

  const stageNow = useRef(0);
  stageNow.current = stageNumber;
  useEffect(() => {
    if (series.length === 0) return;
    const stage = chosen.current?.stages[stageNow.current];
    if (stage && (needsEarlier(stage) || hasViews(stage))) hangNow.current(stage);
    else hangBeside(current, series, reading.study.study_uid);
  }, [series, current, reading.study.study_uid]);

  const wasBeside = useRef(false);
  useEffect(() => {
    const stage = chosen.current?.stages[stageNow.current];
    if (wasBeside.current && studyUid === null) {
      if (stage && hasViews(stage)) hangNow.current(stage);
      else takeAway(current);
    }
    wasBeside.current = studyUid !== null;
  }, [studyUid, current]);

  return useMemo(() => {
    const stages = chosen.current?.stages ?? found?.stages ?? [];
    const turn = (by: 1 | -1) => {
      const number = (stageNumber + by + stages.length) % stages.length;
      setStageNumber(number);
      const stage = stages[number];
      if (stage) hangNow.current(stage);
    };
    const keep = (owner: Owner, isMore: boolean) => async () => {
      const now = stageOf(useLayout.getState(), { current, earlier: series }, LOOKS_NOW);
      const list = withProtocol(lists[owner], facts, (before) =>
        isMore ? [...before, now] : [now, ...before.slice(1)],
      );
      chosen.current = list[0] ?? null;
      await tellKept(owner, lists.keep(owner, list));
    };
    const hasStages = () => stages.length > 1;
    return [
      hanging(
        'next',
        t('Next stage of the hanging protocol'),
        'alt+pagedown',
        () => turn(1),
        hasStages,
      ),
      hanging(
        'previous',
        t('Previous stage of the hanging protocol'),
        'alt+pageup',
        () => turn(-1),
        hasStages,
      ),
      hanging(
        'keepMine',
        t('Hang cases like this as on screen, for me'),
        undefined,
        keep('me', false),
      ),
      hanging(
        'stageMine',
        t('Add what is on screen as a stage, for me'),
        undefined,
        keep('me', true),
      ),
      hanging(
        'keepProject',
        t('Hang cases like this as on screen, for everyone'),
        undefined,
        keep('project', false),
        () => lists.mayKeep.project,
      ),
      hanging(
        'stageProject',
        t('Add what is on screen as a stage, for everyone'),
        undefined,
        keep('project', true),
        () => lists.mayKeep.project,
      ),
    ];
  }, [found, stageNumber, facts, current, series, lists]);
}

const LOOKS_NOW: LooksNow = {
  windowAt: (at) => ports.get(at)?.view?.window ?? null,
  overlayLook: hungLook,
};

const hanging = (
  id: string,
  title: string,
  shortcut: string | undefined,
  run: Command['run'],
  isEnabled?: () => boolean,
): Command => ({
  id: `hanging.${id}`,
  title,
  section: t('Layout'),
  ...(shortcut ? { shortcut } : {}),
  ...(isEnabled ? { isEnabled } : {}),
  run,
});

const factsOf = (reading: ReadingCase, current: readonly Series[]): CaseFacts => ({
  modality: reading.study.modality,
  bodyPart: reading.study.body_part,
  seriesCount: current.length,
  hasEarlier: reading.earlier.length > 0,
});

/** The case at the left, its counterpart at the right, both at the same place. */
function hangBeside(current: readonly Series[], earlier: readonly Series[], uid: string): void {
  const { cells, indices, active, arrange, show, activate } = useLayout.getState();
  const isOwn = (at: number) => isOfStudy(seriesIn(current, cells[at]), uid);
  const looked = [active, ...cells.keys()].find(isOwn) ?? -1;
  const here = seriesIn(current, cells[looked]) ?? current[0];
  const beside = here && counterpartOf(here, earlier);
  if (!here || !beside) return;
  const index = ports.arriveAt(looked) ?? indices[looked] ?? 0;
  const { phase, slice } = momentOf(cells[looked] ?? { seriesUid: null }, index);
  arrange({ rows: 1, columns: 2 });
  show(0, here.series_uid, slice, phase);
  show(1, beside.series_uid, firstIndexIn(beside.frames, here.frames, index));
  activate(0);
}

function takeAway(current: readonly Series[]): void {
  const { cells, arrange, show, activate } = useLayout.getState();
  const here = seriesIn(current, cells[0]) ?? current[0];
  arrange({ rows: 1, columns: 1 });
  if (here && cells[0]?.seriesUid !== here.series_uid) show(0, here.series_uid);
  activate(0);
}
