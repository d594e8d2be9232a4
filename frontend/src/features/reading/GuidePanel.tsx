/** The project's guide beside the image: the guideline, and each label with its examples. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addExample, type GuideLabel, guideQuery, removeExample } from '../../api/guide';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import { Failed, Loaded } from '../../ui/Loaded';
import { Markdown } from '../../ui/Markdown';
import type { Frame } from '../../viewer/frames';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import styles from './Guide.module.css';
import panel from './Panel.module.css';
import type { ShownNow } from './useShownNow';

interface GuidePanelProps {
  readonly reading: ReadingCase;
  readonly canEdit: boolean;
  /** Asks for the image on screen; null where the case cannot give an example. */
  readonly shownNow: ShownNow | null;
}

export function GuidePanel({ reading, canEdit, shownNow }: GuidePanelProps) {
  const { project_id: projectId } = reading;
  const guide = useQuery(guideQuery(projectId));
  return (
    <section className={styles.guide} aria-label={t('Guide')}>
      <h2 className={panel.heading}>
        {t('Guide')}{' '}
        <span className={panel.muted}>
          <CommandKey id="screen.guide" /> {t('closes')}
        </span>
      </h2>
      <Loaded of={guide} rows={4}>
        {({ guideline, labels }) => (
          <>
            {guideline && <Markdown text={guideline} />}
            {!guideline && labels.length === 0 && (
              <p className={panel.muted}>
                {t(
                  'Nothing is written yet. A project admin writes the guide under Project, Rules.',
                )}
              </p>
            )}
            {labels.map((label) => (
              <LabelPart
                key={label.label_key}
                label={label}
                projectId={projectId}
                canEdit={canEdit}
              />
            ))}
          </>
        )}
      </Loaded>
      {canEdit && shownNow && <NewExample reading={reading} shownNow={shownNow} />}
    </section>
  );
}

interface LabelPartProps {
  readonly label: GuideLabel;
  readonly projectId: string;
  readonly canEdit: boolean;
}

function LabelPart({ label, projectId, canEdit }: LabelPartProps) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: removeExample,
    onSuccess: () => client.invalidateQueries(guideQuery(projectId)),
  });
  return (
    <section className={styles.label} aria-label={label.name}>
      <h3 className={styles.name}>
        <i className={panel.swatch} style={{ background: label.colour }} aria-hidden="true" />
        {label.name}
      </h3>
      <Markdown text={label.text} />
      {label.examples.map(({ id, caption, picture_url }) => (
        <figure key={id} className={styles.example}>
          <img
            src={`${picture_url}?viewport=480,480`}
            alt={caption || t('An example of {name}', { name: label.name })}
            loading="lazy"
          />
          <figcaption>
            {caption}
            {canEdit && (
              <button
                type="button"
                className={styles.remove}
                aria-label={t('Remove the example {caption}', { caption })}
                onMouseDown={keepFocus}
                onClick={() => remove.mutate(id)}
              >
                <IconTrash size={14} />
              </button>
            )}
          </figcaption>
        </figure>
      ))}
      <Failed error={remove.error} />
    </section>
  );
}

interface NewExampleProps {
  readonly reading: ReadingCase;
  readonly shownNow: ShownNow;
}

function NewExample({ reading, shownNow }: NewExampleProps) {
  const client = useQueryClient();
  const [key, setKey] = useState<string | null>(null);
  const [caption, setCaption] = useState('');
  const add = useMutation({
    mutationFn: ({ labelKey, frame }: { labelKey: string; frame: Frame }) =>
      addExample(reading.project_id, {
        label_key: labelKey,
        read_id: reading.read.id,
        sop_instance_uid: frame.sop_instance_uid,
        frame_number: frame.frame_number,
        caption: caption.trim(),
      }),
    onSuccess: (guide) => {
      client.setQueryData(guideQuery(reading.project_id).queryKey, guide);
      setCaption('');
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        const frame = shownNow();
        if (key && frame) add.mutate({ labelKey: key, frame });
      }}
    >
      <h3 className={styles.name}>{t('Show the image on screen as an example')}</h3>
      <Select
        label={t('Of')}
        data={reading.label_schema.labels.map((label) => ({
          value: label.key,
          label: label.name,
        }))}
        value={key}
        onChange={setKey}
      />
      <TextInput
        label={t('Caption')}
        maxLength={300}
        value={caption}
        onChange={(event) => setCaption(event.currentTarget.value)}
      />
      <Failed error={add.error} />
      <Button type="submit" variant="default" disabled={!key} loading={add.isPending}>
        {t('Show as an example')}
      </Button>
    </form>
  );
}
