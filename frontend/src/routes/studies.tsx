/** /projects/$projectId/studies?search=&modality=&…&study= */
import { createRoute, lazyRouteComponent, useNavigate } from '@tanstack/react-router';
import { FACETS } from '../api/studies';
import { STUDIES_TABS, type StudiesView } from '../features/studies/view';
import { t } from '../words/t';
import { requirePermission } from './permission';
import { projectRoute } from './project';

const StudiesPage = lazyRouteComponent(
  () => import('../features/studies/StudiesPage'),
  'StudiesPage',
);

/** Keeps what the page knows and drops the rest, so that a bad URL is a plain page. */
export function readView(search: Record<string, unknown>): StudiesView {
  const text = (name: string) => {
    const value = search[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const texts = (name: string) => {
    const value = search[name];
    return Array.isArray(value) ? value.map(String).slice(0, 10) : undefined;
  };
  const facets = Object.fromEntries(FACETS.map((name) => [name, text(name)]));
  return {
    ...facets,
    search: text('search'),
    quality: texts('quality'),
    attribute: texts('attribute'),
    cohort: text('cohort'),
    holdout: typeof search.holdout === 'boolean' ? search.holdout : undefined,
    tab: STUDIES_TABS.find((tab) => tab !== 'studies' && tab === search.tab),
    view: search.view === 'pictures' || search.view === 'quality' ? search.view : undefined,
    study: text('study'),
  };
}

export const studiesRoute = createRoute({
  getParentRoute: () => projectRoute,
  staticData: { title: t('Studies') },
  beforeLoad: ({ context }) => requirePermission(context.project, 'see_studies'),
  path: '/studies',
  validateSearch: readView,
  component: Studies,
});

function Studies() {
  const { projectId } = studiesRoute.useParams();
  const { project } = studiesRoute.useRouteContext();
  const view = studiesRoute.useSearch();
  const navigate = useNavigate();
  const change = (next: StudiesView) => {
    void navigate({ to: '.', search: { ...view, ...next }, replace: true });
  };
  return (
    <StudiesPage projectId={projectId} projectName={project.name} view={view} onView={change} />
  );
}
