/** Whether the clinical text is open beside the images; kept with the account. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keepPreferences, useSession } from '../../api/access';
import type { ReadingCase } from '../../api/reading';
import type { Command } from '../../commands/registry';
import { t } from '../../words/t';
import { useReading } from './store';

export interface ClinicalTextState {
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

export function useClinicalTextState(): ClinicalTextState {
  const client = useQueryClient();
  const isOpen = useSession().user.preferences.is_clinical_text_open ?? true;
  return useMemo(() => {
    // Not kept, it holds for this window all the same.
    const toggle = () =>
      void keepPreferences(client, { is_clinical_text_open: !isOpen }).catch(() => undefined);
    return { isOpen, toggle };
  }, [client, isOpen]);
}

/** Opens or closes the text; where the right panel is hidden it is shown with it. */
export function useClinicalText({ clinical_text }: ReadingCase): Command {
  const { isOpen, toggle } = useClinicalTextState();
  const hasText = clinical_text !== null;
  return useMemo(
    () => ({
      id: 'screen.clinicalText',
      title: t('Clinical text beside the images'),
      section: t('Screen'),
      shortcut: 'alt+z',
      isEnabled: () => hasText,
      isOn: () => isOpen,
      run: () => {
        const { isPanelShown, arrange } = useReading.getState();
        if (!isPanelShown) arrange({ isPanelShown: true });
        if (isPanelShown || !isOpen) toggle();
      },
    }),
    [hasText, isOpen, toggle],
  );
}
