/** An earlier study of the patient: which one is asked for, and its series once they are here. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { EarlierStudy, ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { useLayout } from './layout';
import { seriesQuery } from './useStudy';

export interface Earlier {
  readonly studies: readonly EarlierStudy[];
  /** The series of the study beside the case; empty until it is asked for and here. */
  readonly series: readonly Series[];
  /** The study asked for. */
  readonly studyUid: string | null;
  readonly isLoading: boolean;
  readonly isError: boolean;
  /** Asks for a study beside the case; null takes it away. */
  readonly compare: (studyUid: string | null) => void;
}

const NONE: readonly Series[] = [];

/** Who compares goes on comparing at the next case. */
export function useEarlier({ earlier: studies, project_id }: ReadingCase): Earlier {
  const [studyUid, setStudyUid] = useState<string | null>(() =>
    useLayout.getState().isComparing ? (studies[0]?.study_uid ?? null) : null,
  );
  const { data, isFetching, isError } = useQuery({
    ...seriesQuery(project_id, studyUid ?? ''),
    enabled: studyUid !== null,
  });
  const series = studyUid === null ? NONE : (data ?? NONE);

  const compare = useCallback((uid: string | null) => {
    setStudyUid(uid);
    useLayout.getState().setComparing(uid !== null);
  }, []);
  return useMemo(
    () => ({ studies, series, studyUid, isLoading: isFetching, isError, compare }),
    [studies, series, studyUid, isFetching, isError, compare],
  );
}

/** One key walks from the newest earlier study to the oldest, and then takes it away again. */
export function earlierCommands({ studies, studyUid, compare }: Earlier): Command[] {
  return [
    {
      id: 'layout.earlier',
      title: t('Compare with an earlier study'),
      section: t('Layout'),
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
