/** The hanging protocol that comes with the application, for mammograms nobody hung otherwise. */
import type { HangingProtocol, HangingStage } from '../../api/hanging';
import { hasStandardView, STANDARD_VIEWS, stackOfView } from '../../viewer/breastViews';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';

/** Scrolling one view says nothing about another; windows are the file's own, image by image. */
const LINKS = { scroll: false, zoom: true, window: false };

const stage = (rows: number, columns: number, views: readonly string[]): HangingStage => ({
  rows,
  columns,
  cells: views.map((view) => ({ study: 'current', view, number: 0 })),
  links: LINKS,
});

/** All four, each pair, each view alone: the breasts with their chest walls meeting. */
const STAGES: readonly HangingStage[] = [
  stage(2, 2, STANDARD_VIEWS),
  stage(1, 2, STANDARD_VIEWS.slice(0, 2)),
  stage(1, 2, STANDARD_VIEWS.slice(2)),
  ...STANDARD_VIEWS.map((view) => stage(1, 1, [view])),
];

/** The protocol without the stages none of whose views was taken; undefined for other studies. */
export function mammographyFor(series: readonly Series[]): HangingProtocol | undefined {
  if (!hasStandardView(series)) return undefined;
  const isTaken = ({ cells }: HangingStage) =>
    cells.some((cell) => cell?.view && stackOfView(series, cell.view));
  return { name: t('Mammography'), modalities: ['MG'], stages: STAGES.filter(isTaken) };
}
