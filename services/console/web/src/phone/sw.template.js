/* Service worker of the phone pages: the app itself offline. Data is kept by the pages (IndexedDB), never here. */
const CACHE = 'park-phone-' + '__VERSION__'
const FILES = [/* __FILES__ */]

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('park-phone-') && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return
  if (event.request.mode === 'navigate') {
    // The network first, so that a new version shows at once; the kept page when there is none.
    event.respondWith(fetch(event.request).catch(() => caches.match('/index.html')))
    return
  }
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => {
    if (kept && url.pathname !== '/config.json') return kept
    return fetch(event.request).catch((error) => kept ?? Promise.reject(error))
  }))
})
