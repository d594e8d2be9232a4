/** Who is signed in, people, tokens, and what was done. */
import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useQuery,
} from '@tanstack/react-query';
import { api, ask, Problem, useSignInState } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Role = Schemas['Role'];
export type Permission = Schemas['Permission'];

export type SessionProject = Schemas['ProjectGlance'];

/** How a person likes to work; the server keeps it with the account. */
export type Preferences = Partial<Schemas['Preferences']>;

export type Session = Omit<Schemas['SessionOut'], 'user'> & {
  user: Omit<Schemas['Me'], 'preferences'> & { preferences: Preferences };
};

export type Person = Schemas['UserOut'];

export type PersonalToken = Schemas['TokenOut'];

export type AuditEvent = Schemas['AuditItem'];

function remember(session: Session): Session {
  useSignInState.setState({ csrfToken: session.csrf_token, isSignedOut: false });
  return session;
}

/** The session, or null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  // The page that stands in for a server that is away asks again by itself.
  retry: false,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await ask<Session | undefined>(api.GET('/api/session'));
      return session ? remember(session) : null;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
});

/** The session of a page that only signed-in people reach. Raises outside such a page. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('this page needs a session');
  return data;
}

export function useSessionProject(projectId: string): SessionProject | null {
  return useSession().projects.find((project) => project.id === projectId) ?? null;
}

export function useCan(projectId: string, permission: Permission): boolean {
  return useSessionProject(projectId)?.permissions.includes(permission) ?? false;
}

export async function signIn(client: QueryClient, email: string, password: string): Promise<void> {
  const session = remember(
    await ask<Session>(api.POST('/api/session', { body: { email, password } })),
  );
  client.setQueryData(sessionQuery.queryKey, session);
}

export async function signOut(client: QueryClient): Promise<void> {
  await ask(api.DELETE('/api/session'));
  useSignInState.setState({ csrfToken: null, isSignedOut: false });
  client.clear();
}

export const saveMe = (body: { name?: string; preferences?: Preferences }) =>
  ask(api.PATCH('/api/me', { body }));

/** Holds at once in this window; raises where it could not be kept with the account. */
export async function keepPreferences(
  client: QueryClient,
  preferences: Preferences,
): Promise<void> {
  client.setQueryData<Session | null>(sessionQuery.queryKey, (session) =>
    session
      ? {
          ...session,
          user: { ...session.user, preferences: { ...session.user.preferences, ...preferences } },
        }
      : session,
  );
  await saveMe({ preferences });
}

export const changePassword = (body: { current: string; new: string }) =>
  ask(api.POST('/api/me/password', { body }));

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async () => (await ask<{ items: PersonalToken[] }>(api.GET('/api/me/tokens'))).items,
});

export const createToken = (body: { name: string; days: number }) =>
  ask<PersonalToken>(api.POST('/api/me/tokens', { body }));

export const deleteToken = (id: string) =>
  ask(api.DELETE('/api/me/tokens/{token_id}', { params: { path: { token_id: id } } }));

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async () => (await ask<{ items: Person[] }>(api.GET('/api/users'))).items,
});

export type NewPerson = Schemas['UserIn'];

export const createPerson = (body: NewPerson) =>
  ask<Person & { password?: string | null }>(api.POST('/api/users', { body }));

export type PersonChange = Partial<Pick<Person, 'name' | 'is_admin' | 'is_active'>> & {
  password?: string;
};

export const changePerson = (id: string, body: PersonChange) =>
  ask<Person>(api.PATCH('/api/users/{user_id}', { params: { path: { user_id: id } }, body }));

export const auditQuery = (projectId: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['audit', projectId ?? 'all'],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      ask<Schemas['AuditPage']>(
        api.GET('/api/audit', {
          params: { query: { project_id: projectId, after: pageParam, limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const verifyAudit = () =>
  ask<{ is_intact: boolean; checked_count: number; first_bad_id: number | null }>(
    api.GET('/api/audit/verify'),
  );
