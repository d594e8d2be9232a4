/** A secret that is shown once and never again. */
import { Button, CopyButton, Group } from '@mantine/core';
import { t } from '../words/t';
import { Panel } from './Panel';

interface Props {
  title: string;
  secret: string;
  onDone: () => void;
}

export function SecretOnce({ title, secret, onDone }: Props) {
  return (
    <Panel title={title} side={t('shown this once; copy it now')}>
      <Group>
        <code style={{ overflowWrap: 'anywhere' }}>{secret}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('Copied') : t('Copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone}>{t('Done')}</Button>
      </Group>
    </Panel>
  );
}
