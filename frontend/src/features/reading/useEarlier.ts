/** An earlier study beside the case: fetched when asked for, hung next to the series on screen. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { EarlierStudy, ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { counterpartOf, firstIndexIn, isOfStudy } from './earlier';
import { seriesIn, useLayout } from './layout';
import { seriesQuery } from './useStudy';

export interface Earlier {
  readonly studies: readonly EarlierStudy[];
  /** The series of the study beside the case; empty until it is asked for and here. */
  readonly series: readonly Series[];
  /** The study asked for. */
  readonly studyUid: string | null;
  readonly isLoading: boolean;
  readonly isError: boolean;
  /** Puts a study beside the case; null takes it away. */
  readonly compare: (studyUid: string | null) => void;
}

const NONE: readonly Series[] = [];

/** `current` are the series of the case itself. Who compares goes on comparing at the next case. */
export function useEarlier(reading: ReadingCase, current: readonly Series[]): Earlier {
  const { earlier: studies, project_id, study } = reading;
  const [studyUid, setStudyUid] = useState<string | null>(() =>
    useLayout.getState().isComparing ? (studies[0]?.study_uid ?? null) : null,
  );
  const { data, isFetching, isError } = useQuery({
    ...seriesQuery(project_id, studyUid ?? ''),
    enabled: studyUid !== null,
  });
  const series = studyUid === null ? NONE : (data ?? NONE);

  useEffect(() => {
    if (studies.length === 0 && useLayout.getState().isComparing) takeAway(current);
  }, [studies, current]);
  useEffect(() => {
    if (series.length > 0) hangBeside(current, series, study.study_uid);
  }, [series, current, study.study_uid]);

  const compare = useCallback(
    (uid: string | null) => {
      setStudyUid(uid);
      useLayout.getState().setComparing(uid !== null);
      if (uid === null) takeAway(current);
    },
    [current],
  );
  return useMemo(
    () => ({ studies, series, studyUid, isLoading: isFetching, isError, compare }),
    [studies, series, studyUid, isFetching, isError, compare],
  );
}

/** The case at the left, its counterpart at the right, both at the same place. */
function hangBeside(current: readonly Series[], earlier: readonly Series[], uid: string): void {
  const { cells, active, arrange, show, activate } = useLayout.getState();
  const looked = [cells[active], ...cells].find((cell) => isOfStudy(seriesIn(current, cell), uid));
  const here = seriesIn(current, looked) ?? current[0];
  const beside = here && counterpartOf(here, earlier);
  if (!here || !beside) return;
  const index = looked?.index ?? 0;
  arrange({ rows: 1, columns: 2 });
  show(0, here.series_uid, index);
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

/** One key walks from the newest earlier study to the oldest, and then takes it away again. */
export function earlierCommands({ studies, studyUid, compare }: Earlier): Command[] {
  return [
    {
      id: 'layout.earlier',
      title: 'Compare with an earlier study',
      section: 'Layout',
      shortcut: 'alt+e',
      isEnabled: () => studies.length > 0,
      isOn: () => studyUid !== null,
      run: () => {
        const at = studies.findIndex(({ study_uid }) => study_uid === studyUid);
        compare(studies[at + 1]?.study_uid ?? null);
      },
    },
  ];
}
