// Keeps the application itself, never data, so that it can be loaded while the server is away.
const SHELL = 'shell';
const PAGE = '/';

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.add(PAGE)));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (request.mode === 'navigate' && !/^\/(api|dicomweb)\//.test(pathname))
    event.respondWith(page(request));
});

/** The newest page; the kept one when the server, or the way to it, is away. */
async function page(request) {
  const cache = await caches.open(SHELL);
  try {
    const fresh = await fetch(request);
    const isPage = fresh.headers.get('content-type')?.startsWith('text/html');
    if (fresh.ok && isPage) await renew(cache, fresh.clone());
    if (fresh.status < 500) return fresh;
  } catch {
    // What follows is the answer to that.
  }
  return (await cache.match(PAGE)) ?? Response.error();
}

/** A new version has other assets; those of the old one need not be kept. */
async function renew(cache, fresh) {
  const kept = await cache.match(PAGE);
  const text = await fresh.clone().text();
  if (kept && (await kept.text()) === text) return;
  await caches.delete(SHELL);
  await (await caches.open(SHELL)).put(PAGE, fresh);
}

/** Assets carry their hash in their name: a kept one is the right one. */
async function asset(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}
