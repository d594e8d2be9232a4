/** The honest broker's question: which pseudonym does a patient have here? Every one is noted. */
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { lookUp } from '../../../api/deidentification';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
import { rich, t } from '../../../words/t';
import styles from '../ProjectPage.module.css';

export function LookUp({ projectId }: { projectId: string }) {
  const [patientId, setPatientId] = useState('');
  const [issuer, setIssuer] = useState('');
  const ask = useMutation({
    mutationFn: () => lookUp(projectId, { patient_id: patientId.trim(), issuer: issuer.trim() }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Panel title={t('Who is who')} side={t('every question leaves a line in the audit')}>
      <form className={styles.row} onSubmit={submit}>
        <TextInput
          label={t('Patient ID')}
          required
          value={patientId}
          onChange={(event) => setPatientId(event.currentTarget.value)}
        />
        <TextInput
          label={t('Issuer, if the images state one')}
          value={issuer}
          onChange={(event) => setIssuer(event.currentTarget.value)}
        />
        <Button type="submit" loading={ask.isPending}>
          {t('Ask')}
        </Button>
      </form>
      <Failed error={ask.error} />
      {ask.data && (
        <p role="status">
          {rich(
            'Pseudonym <strong>{pseudonym}</strong>; dates moved back by {count, plural, one {# day} other {# days}}.',
            {
              strong: (parts) => <strong>{parts}</strong>,
              pseudonym: ask.data.pseudonym,
              count: ask.data.shift_days,
            },
          )}
        </p>
      )}
      <p className={styles.muted}>
        {t(
          'There is no way back from a pseudonym: names and numbers of patients are stored nowhere.',
        )}
      </p>
    </Panel>
  );
}
