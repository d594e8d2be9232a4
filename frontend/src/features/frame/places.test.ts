import { expect, test } from 'vitest';
import type { Permission, Session } from '../../api/access';
import { hostCommands } from '../../commands/CommandHost';
import { findConflicts } from '../../commands/registry';
import { isAt, PLACES, pathOf, placesFor } from './places';

function session(permissions: Permission[], isAdmin = false): Session {
  return {
    user: { id: 'u', email: 'r@x.example', name: 'Reader', is_admin: isAdmin, preferences: {} },
    csrf_token: 't',
    expires_at: '2027-01-01T00:00:00Z',
    projects: [{ id: 'p', name: 'P', role: 'reader', permissions, is_demo: false }],
  };
}

test('a reader sees the worklist and the project, nothing else', () => {
  const places = placesFor(session(['see_project', 'see_images', 'read_cases']), 'p');
  expect(places.map((place) => place.key)).toEqual(['worklist', 'project']);
});

test('outside a project only an instance admin has somewhere to go', () => {
  expect(placesFor(session(['read_cases']), null)).toEqual([]);
  expect(placesFor(session([], true), null).map((place) => place.key)).toEqual(['admin']);
});

test('no two keys of the frame are the same', () => {
  const going = PLACES.map((place) => ({
    id: place.key,
    title: place.title,
    section: 'Go',
    shortcut: place.shortcut,
    run: () => undefined,
  }));
  expect(findConflicts([...going, ...hostCommands(() => undefined)])).toEqual([]);
});

test('every page of a project lights up one place', () => {
  for (const page of ['overview', 'labels', 'rules', 'members', 'assignment', 'studies']) {
    const here = PLACES.filter((place) => isAt(place, `/projects/p/${page}`, 'p'));
    expect(here).toHaveLength(1);
  }
  expect(pathOf(PLACES[0] ?? expect.fail(), 'p')).toBe('/projects/p/worklist');
});
