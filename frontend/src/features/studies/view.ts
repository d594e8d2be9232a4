/** What of the studies page stands in its URL. */
import type { StudyFilter } from '../../api/studies';

export const STUDIES_TABS = ['studies', 'files', 'held', 'report', 'deleted', 'erased'] as const;
export type StudiesTab = (typeof STUDIES_TABS)[number];

export interface StudiesView extends StudyFilter {
  tab?: StudiesTab;
  view?: 'table' | 'pictures' | 'quality';
  study?: string;
}
