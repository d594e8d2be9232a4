/** The texts of the language in use, by their English. */
import { LANGUAGES, language } from './language';

export type Catalogue = Readonly<Record<string, string>>;

async function loaded(): Promise<Catalogue> {
  const spoken = LANGUAGES[language];
  if (!('load' in spoken)) return {};
  try {
    const { default: catalogue } = await spoken.load();
    document.documentElement.lang = language;
    return catalogue;
  } catch {
    // A page in English is better than none.
    return {};
  }
}

// Awaited by every module that imports `t`: lists made while a module loads are in the language too.
export const catalogue: Catalogue = await loaded();
