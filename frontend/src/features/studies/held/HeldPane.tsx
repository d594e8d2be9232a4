/** One held image: look, draw boxes over what names a person, release or delete. */
import { Button, Switch } from '@mantine/core';
import type { HeldImage } from '../../../api/deidentification';
import { KeyCap } from '../../../ui/KeyCap';
import { Panel } from '../../../ui/Panel';
import { rich, t } from '../../../words/t';
import styles from './Held.module.css';
import { HeldPicture } from './HeldPicture';
import { type HeldDoings, useHeldWork } from './useHeldWork';

export const REASONS: Record<string, string> = {
  stated: t('the sender says that it carries text'),
  kind: t('images of this kind usually carry text'),
  text_found: t('something looks like a line of text'),
  overlay: t('graphics may hide in its pixels'),
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
            ? t('Nothing names a person: release')
            : t('Black out {count, plural, one {# box} other {# boxes}} and release', {
                count: work.boxes.length,
              })}
        </Button>
        <Button
          variant="default"
          disabled={work.chosen === null}
          onClick={work.dropChosen}
          rightSection={<KeyCap shortcut="delete" />}
        >
          {t('Remove box')}
        </Button>
        <Switch
          label={
            <>
              {t('Same for the whole series')} <KeyCap shortcut="s" />
            </>
          }
          checked={work.wholeSeries}
          onChange={(event) => work.setWholeSeries(event.currentTarget.checked)}
        />
        <Switch
          label={
            <>
              {t('Brighten')} <KeyCap shortcut="i" />
            </>
          }
          title={t('Text may hide in the dark')}
          checked={work.isBright}
          onChange={(event) => work.setBright(event.currentTarget.checked)}
        />
        {image.frame_count > 1 && (
          <span className={styles.muted}>
            {t('frame {frameNumber} of {frameCount}', {
              frameNumber: work.frameNumber,
              frameCount: image.frame_count,
            })}{' '}
            <KeyCap shortcut="," /> <KeyCap shortcut="." />
          </span>
        )}
        <Button
          variant={work.isSure ? 'filled' : 'subtle'}
          color="red"
          ml="auto"
          onClick={work.remove}
          rightSection={<KeyCap shortcut="shift+delete" />}
        >
          {work.isSure ? t('Delete for good?') : t('Delete image')}
        </Button>
      </div>
      <p className={styles.muted}>
        {rich(
          'Draw over the text, or press {keyCap} and move the box with the arrow keys, its corner with {keyCap2}. Boxes become black in every frame of the stored image; that cannot be undone.',
          { keyCap: <KeyCap shortcut="b" />, keyCap2: <KeyCap shortcut="shift+right" /> },
        )}
      </p>
    </Panel>
  );
}
