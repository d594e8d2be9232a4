/** The table and the pictures by picker, for those who do not drop them on the page. */
import { Button, Group, Text } from '@mantine/core';
import { useRef } from 'react';
import { t } from '../../../words/t';
import { filesFromPicker } from '../upload/dropped';
import { type PickedPictures, withPicked } from './picked';

interface Props {
  picked: PickedPictures;
  onPicked: (picked: PickedPictures) => void;
}

export function ChoosePictures({ picked, onPicked }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    onPicked(withPicked(picked, filesFromPicker(input.files).files));
    // The same choice made again must be a change again.
    input.value = '';
  };
  return (
    <Group gap="sm">
      <input
        ref={files}
        type="file"
        multiple
        hidden
        accept=".csv,.tsv,.png,.jpg,.jpeg,.tif,.tiff"
        aria-label={t('Table and pictures')}
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
        aria-label={t('Folder of pictures')}
        onChange={(event) => take(event.currentTarget)}
      />
      <Button variant="default" onClick={() => files.current?.click()}>
        {t('Choose table and pictures')}
      </Button>
      <Button variant="default" onClick={() => folder.current?.click()}>
        {t('Choose a folder')}
      </Button>
      <Text c="dimmed">
        {picked.table
          ? t('{name} and {count, plural, one {# picture} other {# pictures}}', {
              name: picked.table.name,
              count: picked.pictures.length,
            })
          : t(
              'A CSV table with a row for each PNG, JPEG or TIFF; {count, plural, one {# picture} other {# pictures}} so far',
              { count: picked.pictures.length },
            )}
      </Text>
    </Group>
  );
}
