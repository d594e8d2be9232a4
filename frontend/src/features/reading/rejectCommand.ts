/** The key that rejects the suggestion in hand: that of the case, else of the image on screen. */
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { canReject } from './rejected';
import { useReading } from './store';
import { suggestionAt } from './unitSuggestion';
import { gazeNow } from './useGroups';

export function rejectCommand(reading: ReadingCase, series: readonly Series[]): Command {
  const inHand = () =>
    (reading.suggestion ?? suggestionAt(reading.unit_suggestions, gazeNow(series)))?.id;
  return {
    id: 'case.reject',
    title: t('Reject the suggestion, or take that back'),
    section: t('Case'),
    shortcut: 'shift+y',
    isEnabled: () => {
      const { isReadOnly, isAiOn, items } = useReading.getState();
      const id = inHand();
      return !isReadOnly && isAiOn && id !== undefined && canReject(items, id);
    },
    run: () => {
      const id = inHand();
      if (id !== undefined) useReading.getState().toggleRejected(id, () => crypto.randomUUID());
    },
  };
}
