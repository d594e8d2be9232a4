/** The language of whoever is signed in: kept with the account, and a command for each other one. */
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { saveMe } from '../../api/access';
import type { Command } from '../../commands/registry';
import { follow, LANGUAGE_TAGS, LANGUAGES, type Language, language } from '../../words/language';
import { t } from '../../words/t';

/** Keeps a language with the account, then goes on in it. */
export function useChangeLanguage() {
  return useMutation({
    mutationFn: (next: Language) => saveMe({ preferences: { language: next } }),
    onSuccess: (_, next) => follow(next),
  });
}

export function useLanguageCommands(): Command[] {
  const { mutate } = useChangeLanguage();
  return useMemo(
    () =>
      LANGUAGE_TAGS.filter((tag) => tag !== language).map((tag) => ({
        id: `language.${tag}`,
        title: t('Interface in {language}', { language: LANGUAGES[tag].name }),
        section: t('Everywhere'),
        run: () => mutate(tag),
      })),
    [mutate],
  );
}
