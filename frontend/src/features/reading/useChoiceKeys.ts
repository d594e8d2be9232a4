/** While an attribute is asked the digits are its choices; Escape gives them back to the case. */
import { useEffect } from 'react';
import type { Attribute } from '../../api/projects';
import { useRegistry } from '../../commands/registry';
import { t } from '../../words/t';
import { choicesOf } from './attributeWords';
import { useReading } from './store';

const SCOPE = 'reading.attribute';

export function useChoiceKeys(
  attribute: Attribute,
  isAsked: boolean,
  press: (key: string) => void,
): void {
  const { register, unregister } = useRegistry.getState();
  // Registered only while asked, and anew with every answer: the keys belong to one row at a time.
  useEffect(() => {
    if (!isAsked) return;
    register(SCOPE, [
      ...choicesOf(attribute)
        .slice(0, 9)
        .map(({ key, name }, index) => ({
          id: `attribute.choice.${index + 1}`,
          title: `${attribute.name}: ${name}`,
          section: t('Attributes'),
          shortcut: String(index + 1),
          run: () => press(key),
        })),
      {
        id: 'attribute.leave',
        title: t('Leave the attribute'),
        section: t('Attributes'),
        shortcut: 'escape',
        run: () => useReading.getState().ask(null),
      },
    ]);
    return () => unregister(SCOPE);
  }, [attribute, isAsked, press, register, unregister]);
}
