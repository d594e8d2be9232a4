/** One held image: look, draw boxes over what names a person, release or delete. */
import { Button, Switch } from '@mantine/core';
import type { HeldImage } from '../../../api/deidentification';
import { plural } from '../../../ui/format';
import { KeyCap } from '../../../ui/KeyCap';
import { Panel } from '../../../ui/Panel';
import styles from './Held.module.css';
import { HeldPicture } from './HeldPicture';
import { type HeldDoings, useHeldWork } from './useHeldWork';

export const REASONS: Record<string, string> = {
  stated: 'the sender says that it carries text',
  kind: 'images of this kind usually carry text',
  text_found: 'something looks like a line of text',
  overlay: 'graphics may hide in its pixels',
};

interface Props {
  image: HeldImage;
  doings: HeldDoings;
  isBusy: boolean;
}

export function HeldPane({ image, doings, isBusy }: Props) {
  const work = useHeldWork(image, doings);
  return (
    <Panel
      title={`${image.modality} · ${image.columns} × ${image.rows}`}
      side={image.reasons.map((reason) => REASONS[reason] ?? reason).join('; ')}
    >
      <HeldPicture
        image={image}
        frameNumber={work.frameNumber}
        boxes={work.boxes}
        chosen={work.chosen}
        isBright={work.isBright}
        onSeen={() => work.setSeen(true)}
        onChoose={work.setChosen}
        onDraw={work.add}
      />
      <div className={styles.tools}>
        <Button
          loading={isBusy}
          disabled={!work.isSeen}
          onClick={work.release}
          rightSection={<KeyCap shortcut="enter" />}
        >
          {work.boxes.length === 0
            ? 'Nothing names a person: release'
            : `Black out ${plural(work.boxes.length, 'box', 'boxes')} and release`}
        </Button>
        <Button
          variant="default"
          disabled={work.chosen === null}
          onClick={work.dropChosen}
          rightSection={<KeyCap shortcut="delete" />}
        >
          Remove box
        </Button>
        <Switch
          label={
            <>
              Same for the whole series <KeyCap shortcut="s" />
            </>
          }
          checked={work.wholeSeries}
          onChange={(event) => work.setWholeSeries(event.currentTarget.checked)}
        />
        <Switch
          label={
            <>
              Brighten <KeyCap shortcut="i" />
            </>
          }
          title="Text may hide in the dark"
          checked={work.isBright}
          onChange={(event) => work.setBright(event.currentTarget.checked)}
        />
        {image.frame_count > 1 && (
          <span className={styles.muted}>
            frame {work.frameNumber} of {image.frame_count} <KeyCap shortcut="," />{' '}
            <KeyCap shortcut="." />
          </span>
        )}
        <Button
          variant={work.isSure ? 'filled' : 'subtle'}
          color="red"
          ml="auto"
          onClick={work.remove}
          rightSection={<KeyCap shortcut="shift+delete" />}
        >
          {work.isSure ? 'Delete for good?' : 'Delete image'}
        </Button>
      </div>
      <p className={styles.muted}>
        Draw over the text, or press <KeyCap shortcut="b" /> and move the box with the arrow keys,
        its corner with <KeyCap shortcut="shift+right" />. Boxes become black in every frame of the
        stored image; that cannot be undone.
      </p>
    </Panel>
  );
}
