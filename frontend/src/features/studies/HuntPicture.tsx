/** Points at a place of an image, by pointer or arrow keys, and has its like looked for. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { beginHunt } from '../../api/hunts';
import type { InstanceDetail, StudyDetail } from '../../api/studies';
import { Failed } from '../../ui/Loaded';
import { PlacePicture } from '../../ui/PlacePicture';
import { t } from '../../words/t';
import styles from './Studies.module.css';

const STEP = 0.02;
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

const within = (share: number): number => Math.min(1, Math.max(0, share));

interface Props {
  readonly study: StudyDetail;
  readonly instance: InstanceDetail;
}

export function HuntPicture({ study, instance }: Props) {
  const navigate = useNavigate();
  const [place, setPlace] = useState({ x: 0.5, y: 0.5 });
  const series = study.series.find(({ instances }) =>
    instances.some(({ sop_instance_uid }) => sop_instance_uid === instance.sop_instance_uid),
  );
  const asking = useMutation({
    mutationFn: () =>
      beginHunt(study.id, crypto.randomUUID(), {
        sop_instance_uid: instance.sop_instance_uid,
        // The stored picture shows the middle frame.
        frame_number: Math.floor(instance.frame_count / 2) + 1,
        x: place.x * instance.columns,
        y: place.y * instance.rows,
      }),
    onSuccess: ({ id }) => void navigate({ to: `/projects/${study.project_id}/hunts/${id}` }),
  });
  const point = (event: MouseEvent) => {
    // A press of the keyboard has no place.
    if (event.detail === 0) return;
    const box = event.currentTarget.querySelector('img')?.getBoundingClientRect();
    if (!box) return;
    setPlace({
      x: within((event.clientX - box.left) / box.width),
      y: within((event.clientY - box.top) / box.height),
    });
  };
  const move = (event: KeyboardEvent) => {
    const by = MOVES[event.key];
    if (!by) return;
    event.preventDefault();
    setPlace(({ x, y }) => ({ x: within(x + by[0]), y: within(y + by[1]) }));
  };
  const url = `/dicomweb/${study.project_id}/studies/${study.study_uid}/series/${series?.series_uid}/instances/${instance.sop_instance_uid}/thumbnail`;
  return (
    <>
      <p className={styles.note}>
        {t('Click on a finding, or move the ring with the arrow keys.')}
      </p>
      <button
        type="button"
        className={styles.huntPicture}
        aria-label={t('The place to look for')}
        onClick={point}
        onKeyDown={move}
      >
        <PlacePicture url={url} alt="" x={place.x} y={place.y} />
      </button>
      <Button loading={asking.isPending} onClick={() => asking.mutate()}>
        {t('Find places that look like this one')}
      </Button>
      <Failed error={asking.error} />
    </>
  );
}
