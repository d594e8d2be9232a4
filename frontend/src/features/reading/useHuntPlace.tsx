/** Looking for the like of a place on screen: asked for by a key, told of beside the questions. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useCan } from '../../api/access';
import { beginHunt, type HuntPlace, huntQuery } from '../../api/hunts';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import { Failed } from '../../ui/Loaded';
import { ProgressRow } from '../../ui/ProgressRow';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import { isMark } from './items';
import styles from './Panel.module.css';
import { useReadout } from './readout';
import { useReading } from './store';
import type { ShownNow } from './useShownNow';

/** The middle of the selected mark on this frame, else what is under the pointer. */
export function placeToHunt(frame: Frame | undefined): HuntPlace | null {
  if (!frame) return null;
  const { sop_instance_uid, frame_number } = frame;
  const { selectedId, items } = useReading.getState();
  const selected = selectedId ? items[selectedId] : undefined;
  const isHere =
    selected !== undefined &&
    isMark(selected) &&
    selected.sop_instance_uid === sop_instance_uid &&
    selected.frame_number === frame_number;
  const hover = useReadout.getState().hover;
  const points = isHere ? selected.points : hover ? [hover.point] : [];
  if (points.length === 0) return null;
  const [x, y] = [0, 1].map((axis) => {
    const sum = points.reduce((total, point) => total + (point[axis] ?? 0), 0);
    return Math.max(0, Math.round((sum / points.length) * 100) / 100);
  });
  return { sop_instance_uid, frame_number, x: x ?? 0, y: y ?? 0 };
}

interface HuntHere {
  readonly commands: readonly Command[];
  readonly notice: ReactNode;
}

export function useHuntPlace(
  reading: ReadingCase,
  shownNow: ShownNow,
  onHunt: (huntId: string) => void,
): HuntHere {
  const canHunt = useCan(reading.project_id, 'hunt_findings');
  const asking = useMutation({
    mutationFn: (place: HuntPlace) => beginHunt(reading.study.id, crypto.randomUUID(), place),
  });
  const { mutate, data: begun } = asking;
  const hunt = useQuery({ ...huntQuery(begun?.id ?? ''), enabled: begun !== undefined });
  const commands = useMemo((): Command[] => {
    if (!canHunt) return [];
    return [
      {
        id: 'image.hunt',
        title: t('Find places that look like this one'),
        section: t('Image'),
        shortcut: 'alt+f',
        isEnabled: () => placeToHunt(shownNow()) !== null,
        run: () => {
          const place = placeToHunt(shownNow());
          if (!place) return;
          useReading.getState().arrange({ isPanelShown: true });
          mutate(place);
        },
      },
    ];
  }, [canHunt, mutate, shownNow]);
  const now = hunt.data ?? begun;
  const notice = (now || asking.error) && (
    <section className={styles.notice} aria-label={t('Places that look alike')}>
      <Failed error={asking.error} />
      {now && !now.is_over && (
        <ProgressRow title={t('Looking for places that look alike')} share={now.progress} />
      )}
      {now?.is_over && (
        <>
          <b>
            {t(
              '{count, plural, =0 {Nothing was found} one {# place found} other {# places found}}',
              {
                count: now.match_count,
              },
            )}
          </b>
          {now.match_count > 0 && (
            <Button variant="default" onClick={() => onHunt(now.id)}>
              {t('Show them')}
            </Button>
          )}
        </>
      )}
    </section>
  );
  return { commands, notice };
}
