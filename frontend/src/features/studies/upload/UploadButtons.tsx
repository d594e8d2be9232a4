/** Files or a folder by picker, for those who do not drag. */
import { Button } from '@mantine/core';
import { IconFolderUp, IconUpload } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { useCommands } from '../../../commands/useCommands';
import { t } from '../../../words/t';
import { filesFromPicker } from './dropped';
import { useUploads } from './uploadStore';

export function UploadButtons({ projectId }: { projectId: string }) {
  const add = useUploads((store) => store.add);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const pick = useMemo(
    () =>
      [
        { id: 'studies.upload', title: t('Upload files or a zip'), input: files },
        { id: 'studies.uploadFolder', title: t('Upload a folder'), input: folder },
      ].map(({ input, ...command }) => ({
        ...command,
        section: t('Studies'),
        run: () => input.current?.click(),
      })),
    [],
  );
  useCommands('studies.upload', pick);
  const take = (input: HTMLInputElement) => {
    add(projectId, filesFromPicker(input.files));
    // The same choice made again must be a change again.
    input.value = '';
  };
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label={t('Files to upload')}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={(element) => {
          folder.current = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        multiple
        hidden
        aria-label={t('Folder to upload')}
        onChange={(event) => take(event.currentTarget)}
      />
      <Button leftSection={<IconUpload size={14} />} onClick={() => files.current?.click()}>
        {t('Upload files or a zip')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconFolderUp size={14} />}
        onClick={() => folder.current?.click()}
      >
        {t('Upload a folder')}
      </Button>
    </>
  );
}
