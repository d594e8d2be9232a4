/** The header of a study, one of its series or one of its images, as it is stored. */
import { Group, NumberInput, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type InstanceDetail, type TagLevel, tagsQuery } from '../../api/studies';
import { Loaded } from '../../ui/Loaded';
import { TagTable } from '../../ui/TagTable';
import { t } from '../../words/t';

interface Props {
  studyId: string;
  instance: InstanceDetail;
}

const LEVELS: { value: TagLevel; label: string }[] = [
  { value: 'study', label: t('Study') },
  { value: 'series', label: t('Series') },
  { value: 'instance', label: t('Image') },
];

export function StudyTags({ studyId, instance }: Props) {
  const [level, setLevel] = useState<TagLevel>('instance');
  const [frame, setFrame] = useState(1);
  const frameNumber = Math.min(frame, instance.frame_count);
  const tags = useQuery({
    ...tagsQuery(studyId, instance.sop_instance_uid, level, frameNumber),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Group mb="xs" gap="sm" align="flex-end">
        <SegmentedControl
          aria-label={t('Header of the study, series or image')}
          data={LEVELS}
          value={level}
          onChange={(next) => setLevel(next as TagLevel)}
        />
        {level === 'instance' && instance.frame_count > 1 && (
          <NumberInput
            aria-label={t('Frame')}
            prefix={`${t('Frame')} `}
            min={1}
            max={instance.frame_count}
            clampBehavior="strict"
            w={120}
            value={frameNumber}
            onChange={(next) => setFrame(Number(next) || 1)}
          />
        )}
      </Group>
      <Loaded of={tags}>{(rows) => <TagTable rows={rows} height="calc(100vh - 480px)" />}</Loaded>
    </>
  );
}
