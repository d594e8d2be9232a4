import { isNotFound } from '@tanstack/react-router';
import { expect, test } from 'vitest';
import type { Session } from '../api/access';
import { homeOf, lastProjectId, rememberProject } from './lastProject';
import { requirePermission } from './permission';
import { safeBack } from './signIn';
import { readView } from './studies';
import { titleOf } from './titles';

function session(...projects: Partial<Session['projects'][number]>[]): Session {
  return {
    user: { id: 'u', email: 'r@x.example', name: 'R', is_admin: false, preferences: {} },
    csrf_token: 't',
    expires_at: '2027-01-01T00:00:00Z',
    projects: projects.map((project, index) => ({
      id: `p${index}`,
      name: 'P',
      role: 'reader',
      permissions: [],
      is_demo: false,
      ...project,
    })),
  };
}

test('after signing in a person goes back inside the application, never outside', () => {
  expect(safeBack('/projects/p/studies?view=pictures')).toBe('/projects/p/studies?view=pictures');
  for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', '/sign-in', 7]) {
    expect(safeBack(bad)).toBe('/');
  }
});

test('readers start at the worklist, others at the overview', () => {
  expect(homeOf(session({ permissions: ['read_cases'] }), 'p0')).toBe('/projects/p0/worklist');
  const admin = session({ permissions: ['read_cases', 'manage_project'] });
  expect(homeOf(admin, 'p0')).toBe('/projects/p0/overview');
  expect(homeOf(session({ permissions: ['see_studies'] }), 'p0')).toBe('/projects/p0/overview');
});

test('the last project is opened again, unless the person left it', () => {
  rememberProject('p1');
  expect(lastProjectId(session({}, {}))).toBe('p1');
  expect(lastProjectId(session({}))).toBe('p0');
  expect(lastProjectId(session())).toBeNull();
});

test('a bad URL of the studies page is a plain page', () => {
  const view = readView({ tab: 'x', view: 3, holdout: 'yes', search: 12, modality: ['CT'] });
  expect(Object.entries(view).filter(([, value]) => value !== undefined)).toEqual([
    ['search', '12'],
  ]);
});

test('a page the role may not see looks like one that is not there', () => {
  expect(() => requirePermission({ permissions: ['see_learning'] }, 'see_learning')).not.toThrow();
  let thrown: unknown;
  try {
    requirePermission({ permissions: ['read_cases'] }, 'see_learning');
  } catch (error) {
    thrown = error;
  }
  expect(isNotFound(thrown)).toBe(true);
});

test('a window says which page of which project it shows', () => {
  const at = (title: string | undefined, projectId?: string) => [
    { staticData: { title: 'Somewhere above' }, params: {}, context: {} },
    { staticData: { title }, params: { projectId }, context: { session: session({}) } },
  ];
  expect(titleOf(at('Worklist', 'p0'))).toBe('Worklist · P · Collimate');
  expect(titleOf(at('Account'))).toBe('Account · Collimate');
  expect(titleOf(at('Worklist', 'of others'))).toBe('Worklist · Collimate');
  expect(titleOf(at(undefined))).toBe('Collimate');
  expect(titleOf(at('Worklist', 'p0'), false)).toBe('Nothing is here · P · Collimate');
  expect(titleOf([])).toBe('Collimate');
});
