import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sessionQuery, signIn } from './access';
import { api, ask, noteSignedOut, Problem, useSignInState } from './client';
import { invalidateTopics, TOPICS } from './events';

const SESSION = {
  user: { id: 'u', email: 'r@x.example', name: 'R', is_admin: false, preferences: {} },
  csrf_token: 'token-1',
  expires_at: '2027-01-01T00:00:00Z',
  projects: [],
};

let requests: Request[] = [];

function answer(status: number, body: unknown, type = 'application/json'): void {
  vi.stubGlobal('fetch', async (request: Request) => {
    requests.push(request);
    return new Response(body === null ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': type },
    });
  });
}

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error('no problem was raised');
  return error;
}

beforeEach(() => {
  requests = [];
  useSignInState.setState({ csrfToken: null, isSignedOut: false });
});
afterEach(() => vi.unstubAllGlobals());

describe('problems', () => {
  test('carry what the server said', async () => {
    const body = { type: '/problems/stale-revision', title: 'Stale', detail: 'Newer', current: 7 };
    answer(412, body, 'application/problem+json');
    const problem = await failure(ask(api.GET('/api/projects')));
    expect([problem.status, problem.code, problem.detail]).toEqual([
      412,
      'stale-revision',
      'Newer',
    ]);
    expect(problem.body.current).toBe(7);
  });

  test('are made even from an answer that is not JSON', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }));
    const problem = await failure(ask(api.GET('/api/projects')));
    expect([problem.code, problem.title]).toEqual(['http-502', 'The server is not answering']);
  });

  test('say so when the server cannot be reached', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch');
    });
    expect((await failure(ask(api.GET('/api/projects')))).code).toBe('unreachable');
  });
});

describe('the session', () => {
  test('none is an answer, not a failure', async () => {
    answer(401, { title: 'Sign in' });
    await expect(new QueryClient().fetchQuery(sessionQuery)).resolves.toBeNull();
    expect(useSignInState.getState().isSignedOut).toBe(false);
  });

  test('signing in gives every later write its token, and no read', async () => {
    answer(201, SESSION);
    await signIn(new QueryClient(), 'r@x.example', 'secret');
    await ask(api.POST('/api/projects', { body: { name: 'P', purpose: '' } }));
    await ask(api.GET('/api/projects'));
    const tokens = requests.map((request) => request.headers.get('X-CSRF-Token'));
    expect(tokens).toEqual([null, 'token-1', null]);
  });

  test('that ends under a page covers it instead of leaving it', async () => {
    answer(401, { title: 'Signed out' });
    expect((await failure(ask(api.GET('/api/projects')))).status).toBe(401);
    expect(useSignInState.getState().isSignedOut).toBe(true);
  });

  test('a refused sign-in is no ended session', () => {
    noteSignedOut('http://localhost/api/session', 401);
    expect(useSignInState.getState().isSignedOut).toBe(false);
  });
});

describe('events', () => {
  test('make stale what they speak of, in their project only', () => {
    const client = new QueryClient();
    const keys = [
      ['project', 'p', 'datasets'],
      ['project', 'p', 'members'],
      ['project', 'q', 'datasets'],
    ];
    for (const key of keys) client.setQueryData(key, []);
    invalidateTopics(client, 'p', ['export']);
    expect(keys.map((key) => client.getQueryState(key)?.isInvalidated)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('every topic of the contract is listened to', () => {
    const contract = 'job study received_file task read round dataset export member project';
    expect(TOPICS.toSorted()).toEqual(contract.split(' ').toSorted());
  });
});
