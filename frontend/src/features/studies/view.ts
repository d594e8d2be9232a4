/** What of the studies page stands in its URL. */
import type { StudyFilter } from '../../api/studies';

export interface StudiesView extends StudyFilter {
  tab?: 'studies' | 'files';
  view?: 'table' | 'pictures';
  study?: string;
}
