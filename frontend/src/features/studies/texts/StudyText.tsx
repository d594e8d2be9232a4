/** The text that readers see beside the images of a study: written, replaced, taken away. */
import { Button, Checkbox, Group, Stack, Textarea } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../../api/problem';
import {
  type StudyText as Kept,
  removeStudyText,
  studyTextQuery,
  type TextSign,
  writeStudyText,
} from '../../../api/texts';
import { Failed, Loaded } from '../../../ui/Loaded';
import { RelativeTime } from '../../../ui/RelativeTime';
import { t } from '../../../words/t';

const MOST_CHARACTERS = 20_000;

const SIGNS: Record<TextSign['sign'], (line: number) => string> = {
  date: (line) => t('Line {line}: a date', { line }),
  number: (line) => t('Line {line}: a long number', { line }),
  name: (line) => t('Line {line}: a name', { line }),
  contact: (line) => t('Line {line}: an address or telephone number', { line }),
};

export function StudyText({ studyId }: { readonly studyId: string }) {
  const kept = useQuery(studyTextQuery(studyId));
  return (
    <Loaded of={kept} rows={4}>
      {(data) => <Editor key={data.versions[0]?.number ?? 0} studyId={studyId} kept={data} />}
    </Loaded>
  );
}

function signsOf(error: unknown): readonly TextSign[] {
  const problem = error ? asProblem(error) : null;
  return problem?.code === 'text-may-identify' ? (problem.body.signs as TextSign[]) : [];
}

function Editor({ studyId, kept }: { readonly studyId: string; readonly kept: Kept }) {
  const client = useQueryClient();
  const { queryKey } = studyTextQuery(studyId);
  const [text, setText] = useState(kept.text);
  const [isVouched, setVouched] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const replaces = kept.versions[0]?.number ?? 0;
  const save = useMutation({
    mutationFn: () => writeStudyText(studyId, { text, replaces, is_checked: isChecked }),
    onSuccess: (next) => client.setQueryData(queryKey, next),
  });
  const signs = signsOf(save.error);
  const isChanged = text.trim() !== '' && text !== kept.text;
  return (
    <Stack gap="sm">
      <Textarea
        label={t('Clinical text')}
        description={t(
          'Indication, question, an earlier report, laboratory values: shown to readers beside the images.',
        )}
        autosize
        minRows={6}
        maxRows={20}
        maxLength={MOST_CHARACTERS}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          // What was said of the text was said of another one.
          setVouched(false);
          setChecked(false);
          save.reset();
        }}
      />
      <Written kept={kept} />
      <Checkbox
        label={t('I have read it: it says nowhere who the patient or anybody else is')}
        checked={isVouched}
        onChange={(event) => setVouched(event.currentTarget.checked)}
      />
      <Failed error={save.error} />
      {signs.length > 0 && (
        <>
          <ul style={{ margin: 0 }}>
            {signs.map(({ sign, line_number }) => (
              <li key={`${sign} ${line_number}`}>{SIGNS[sign](line_number)}</li>
            ))}
          </ul>
          <Checkbox
            label={t('I looked at these lines: they do not say who anybody is')}
            checked={isChecked}
            onChange={(event) => setChecked(event.currentTarget.checked)}
          />
        </>
      )}
      <Group gap="sm">
        <Button
          loading={save.isPending}
          disabled={!isChanged || !isVouched || (signs.length > 0 && !isChecked)}
          onClick={() => save.mutate()}
        >
          {t('Save')}
        </Button>
        {replaces > 0 && <TakeAway studyId={studyId} count={kept.versions.length} />}
      </Group>
    </Stack>
  );
}

function Written({ kept: { versions } }: { readonly kept: Kept }) {
  const [newest] = versions;
  if (!newest) return null;
  return (
    <small style={{ color: 'var(--c-muted)' }}>
      {t('Version {number} by {name}', { number: newest.number, name: newest.written_by_name })},{' '}
      <RelativeTime at={newest.written_at} />
    </small>
  );
}

/** The words stand in no backup of ours that could give them back, so it is asked twice. */
function TakeAway({ studyId, count }: { readonly studyId: string; readonly count: number }) {
  const client = useQueryClient();
  const [isSure, setSure] = useState(false);
  const remove = useMutation({
    mutationFn: () => removeStudyText(studyId),
    onSuccess: () =>
      client.setQueryData(studyTextQuery(studyId).queryKey, { text: '', versions: [] }),
  });
  return (
    <>
      <Failed error={remove.error} />
      <Button
        variant="default"
        color={isSure ? 'red' : undefined}
        leftSection={<IconTrash size={14} />}
        loading={remove.isPending}
        onClick={() => (isSure ? remove.mutate() : setSure(true))}
      >
        {isSure
          ? t('Yes, remove {count, plural, one {# version} other {all # versions}} for good', {
              count,
            })
          : t('Take the text away')}
      </Button>
    </>
  );
}
