/** The language the interface speaks in this window. Another one begins with a reload. */

type Catalogue = Record<string, string>;

interface Spoken {
  /** As its speakers call it. */
  readonly name: string;
  /** For numbers, dates and plurals. */
  readonly locale: string;
  /** English is in the code and needs no catalogue. */
  readonly load?: () => Promise<{ default: Catalogue }>;
}

export const LANGUAGES = {
  en: { name: 'English', locale: 'en-GB' },
  de: { name: 'Deutsch', locale: 'de-DE', load: () => import('./de.json') },
} as const satisfies Record<string, Spoken>;

export type Language = keyof typeof LANGUAGES;

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as Language[];

const KEPT = 'collimate.language';

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** What was chosen before; else the first language of the browser that there is; else English. */
export function guess(chosen: string | null, wanted: readonly string[]): Language {
  const tags = [chosen ?? '', ...wanted].map((tag) => tag.toLowerCase().split('-')[0]);
  const known = tags.map((tag) => LANGUAGE_TAGS.find((one) => one === tag));
  return known.find((tag) => tag !== undefined) ?? 'en';
}

export const language: Language = guess(kept(), navigator.languages);

export const { locale }: Spoken = LANGUAGES[language];

/**
 * Goes on in the language of the account, if it has one. True when the page is loaded anew for it,
 * so that nothing need be shown until then.
 */
export function follow(chosen: string | null | undefined): boolean {
  if (!chosen || guess(chosen, []) === language) return false;
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // Without a memory the next page would speak the old language, and reload for ever.
    return false;
  }
  window.location.reload();
  return true;
}
