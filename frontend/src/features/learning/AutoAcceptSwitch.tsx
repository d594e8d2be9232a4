/** Turning answers by the model on and off, with a reason that is audited. */
import { Button, Group, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type TargetEstimate, turnOff, turnOn } from '../../api/autoAccept';
import { Failed } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { t } from '../../words/t';
import { targetWords } from './autoAcceptWords';

interface OnProps {
  projectId: string;
  /** None where something stands in the way whatever the numbers say. */
  targets: TargetEstimate[];
}

export function TurnOn({ projectId, targets }: OnProps) {
  const client = useQueryClient();
  const possible = targets.filter((one) => one.is_met);
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const target = possible.find((one) => String(one.target) === chosen);
  const turn = useMutation({
    mutationFn: () => turnOn(projectId, { target: Number(chosen), reason: reason.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['project', projectId] }),
  });
  return (
    <Panel title={t('Turn it on')} side={t('audited; off at any time')}>
      <Group align="flex-end">
        <Select
          label={t('Error allowed')}
          placeholder={possible.length === 0 ? t('none is possible yet') : t('choose')}
          disabled={possible.length === 0}
          data={possible.map((one) => ({
            value: String(one.target),
            label: targetWords(one.target),
          }))}
          value={chosen}
          onChange={setChosen}
        />
        <TextInput
          label={t('Reason')}
          disabled={possible.length === 0}
          value={reason}
          style={{ flex: 1 }}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          disabled={!target || reason.trim() === ''}
          loading={turn.isPending}
          onClick={() => turn.mutate()}
        >
          {target
            ? t('Let it answer {count, plural, one {# case} other {# cases}}', {
                count: target.would_accept_count,
              })
            : t('Turn it on')}
        </Button>
      </Group>
      <Failed error={turn.error} />
    </Panel>
  );
}

export function TurnOff({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const turn = useMutation({
    mutationFn: () => turnOff(projectId, reason.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: ['project', projectId] }),
  });
  return (
    <Panel title={t('Turn it off')} side={t('every case it answered goes back into the queue')}>
      <Group align="flex-end">
        <TextInput
          label={t('Reason')}
          value={reason}
          style={{ flex: 1 }}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={reason.trim() === ''}
          loading={turn.isPending}
          onClick={() => turn.mutate()}
        >
          {t('Turn it off')}
        </Button>
      </Group>
      <Failed error={turn.error} />
    </Panel>
  );
}
