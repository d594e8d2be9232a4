/** The honest broker's question: which pseudonym does a patient have here? Every one is noted. */
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { lookUp } from '../../../api/deidentification';
import { plural } from '../../../ui/format';
import { Failed } from '../../../ui/Loaded';
import { Panel } from '../../../ui/Panel';
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
    <Panel title="Who is who" side="every question leaves a line in the audit">
      <form className={styles.row} onSubmit={submit}>
        <TextInput
          label="Patient ID"
          required
          value={patientId}
          onChange={(event) => setPatientId(event.currentTarget.value)}
        />
        <TextInput
          label="Issuer, if the images state one"
          value={issuer}
          onChange={(event) => setIssuer(event.currentTarget.value)}
        />
        <Button type="submit" loading={ask.isPending}>
          Ask
        </Button>
      </form>
      <Failed error={ask.error} />
      {ask.data && (
        <p role="status">
          Pseudonym <strong>{ask.data.pseudonym}</strong>; dates moved back by{' '}
          {plural(ask.data.shift_days, 'day')}.
        </p>
      )}
      <p className={styles.muted}>
        There is no way back from a pseudonym: names and numbers of patients are stored nowhere.
      </p>
    </Panel>
  );
}
