/** How many cases wait, as the worklist says it. */
import type { Worklist } from '../../api/tasks';
import { formatCount } from '../../ui/format';
import { t } from '../../words/t';

/** The server counts no further than it can at once: "more than" says that there are others. */
export function waiting({
  open_count: count,
  has_more,
}: Pick<Worklist, 'open_count' | 'has_more'>): string {
  return has_more
    ? t('More than {count} cases waiting in this project', { count: formatCount(count) })
    : t('{count, plural, one {# case} other {# cases}} waiting in this project', { count });
}
