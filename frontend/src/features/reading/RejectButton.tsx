/** Says that a suggestion is wrong, or takes that back; beside the button that accepts it. */
import { Button } from '@mantine/core';
import { CommandKey } from '../../commands/CommandKey';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { canReject, isRejected } from './rejected';
import { useReading } from './store';

export function RejectButton({ suggestionId }: { readonly suggestionId: string }) {
  const { isReadOnly, items, toggleRejected } = useReading();
  const isOn = isRejected(items, suggestionId);
  return (
    <Button
      variant="default"
      aria-pressed={isOn}
      title={isOn ? t('Press again to take it back') : undefined}
      disabled={isReadOnly || !canReject(items, suggestionId)}
      onMouseDown={keepFocus}
      onClick={() => toggleRejected(suggestionId, () => crypto.randomUUID())}
      rightSection={<CommandKey id="case.reject" />}
    >
      {isOn ? t('Rejected') : t('Reject')}
    </Button>
  );
}
