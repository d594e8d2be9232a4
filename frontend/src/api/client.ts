/** The one way to the server: same-origin cookies, CSRF token, problems as typed errors. */
import createClient, { type Middleware } from 'openapi-fetch';
import { create } from 'zustand';
import { Problem, problemFrom, unreachable } from './problem';
import type { paths } from './schema';

export { Problem };

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

interface SignInState {
  csrfToken: string | null;
  /** The session ended while a page was open: the page stays, a sign-in panel covers it. */
  isSignedOut: boolean;
}

export const useSignInState = create<SignInState>()(() => ({
  csrfToken: null,
  isSignedOut: false,
}));

/** Headers an unsafe request by cookie session needs. */
export function csrfHeaders(): Record<string, string> {
  const token = useSignInState.getState().csrfToken;
  return token ? { 'X-CSRF-Token': token } : {};
}

/** Notes that the session has ended, when this response says so. */
export function noteSignedOut(url: string, status: number): void {
  const isSessionCall = new URL(url, window.location.origin).pathname === '/api/session';
  if (status === 401 && !isSessionCall) useSignInState.setState({ isSignedOut: true });
}

const signedRequests: Middleware = {
  onRequest({ request }) {
    if (SAFE_METHODS.includes(request.method)) return;
    for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
  },
  onResponse({ request, response }) {
    noteSignedOut(request.url, response.status);
  },
  onError() {
    return unreachable();
  },
};

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  // Looked up at call time, so that tests may answer in the server's place.
  fetch: (request: Request) => globalThis.fetch(request),
});
api.use(signedRequests);

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of a reply. Raises `Problem` when the answer is not a success. */
export async function ask<T>(reply: Promise<Reply<T>>): Promise<T> {
  const { data, error, response } = await reply;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as T;
}
