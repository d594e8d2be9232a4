/** The header of the image on screen, beside it. */
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { tagsQuery } from '../../api/studies';
import { Loaded } from '../../ui/Loaded';
import { TagTable } from '../../ui/TagTable';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import { useReadout } from './readout';

interface Props {
  readonly studyId: string;
  readonly frames: readonly Frame[];
  readonly onClose: () => void;
}

export function TagsPanel({ studyId, frames, onClose }: Props) {
  const index = useReadout((state) => state.view?.index ?? 0);
  const frame = frames[index] ?? frames[0];
  const tags = useQuery({
    ...tagsQuery(studyId, frame?.sop_instance_uid ?? '', 'instance', frame?.frame_number ?? 1),
    enabled: frame !== undefined,
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={640}
      title={t('DICOM header of this image')}
      padding="md"
      withOverlay={false}
      lockScroll={false}
    >
      <Loaded of={tags} rows={12}>
        {(rows) => <TagTable rows={rows} height="calc(100vh - 150px)" />}
      </Loaded>
    </Drawer>
  );
}
