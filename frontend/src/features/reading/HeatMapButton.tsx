/** Shows the model's heat map on the image, or takes it away again. */
import { Button } from '@mantine/core';
import { CommandKey } from '../../commands/CommandKey';
import { t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { useReading } from './store';

export function HeatMapButton() {
  const { isHeatShown, arrange } = useReading();
  return (
    <Button
      variant="default"
      aria-pressed={isHeatShown}
      onMouseDown={keepFocus}
      onClick={() => arrange({ isHeatShown: !isHeatShown })}
      rightSection={<CommandKey id="case.heat" />}
    >
      {isHeatShown ? t('Hide heat map') : t('Heat map')}
    </Button>
  );
}
