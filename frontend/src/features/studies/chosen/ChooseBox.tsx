/** The box in front of a row: chosen or not; with Shift, all from the last one to it. */
import { Checkbox } from '@mantine/core';
import { t } from '../../../words/t';
import type { Chosen } from './useChosen';

interface Props {
  id: string;
  name: string;
  chosen: Chosen;
}

export function ChooseBox({ id, name, chosen }: Props) {
  return (
    <Checkbox
      size="xs"
      aria-label={t('Choose {pseudonym}', { pseudonym: name })}
      checked={chosen.has(id)}
      disabled={chosen.isAll}
      onChange={() => undefined}
      onClick={(event) => {
        // a click on the row would open it
        event.stopPropagation();
        if (event.shiftKey) chosen.extendTo(id);
        else chosen.toggle(id);
      }}
    />
  );
}
