/** Which case this is, for the title of the reading room. */
import type { ReadingCase } from '../../api/reading';
import { formatCount } from '../../ui/format';
import { t } from '../../words/t';

/** The server counts no further than it can at once: "of more than" says that there are others. */
export function placeOf({ number, count, has_more }: ReadingCase['position']): string {
  const shown = { number: formatCount(number), count: formatCount(count) };
  return has_more
    ? t('Case {number} of more than {count}', shown)
    : t('Case {number} of {count}', shown);
}
