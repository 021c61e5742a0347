// The worker of a phone's page: shows the last page of today without a network, and keeps nothing else.
// PAGE and ASSETS stand above: its address, and the addresses (each with its hash) of what it needs.
//   kept      the page as its last owner saw it (what masks show), until the end of that day, gone at log-out
//   never     answers of the interface, other pages, anything of another person
// Entries are sent by the page, not from here: only a person who is logged in sends them.
'use strict';
const SHELLS = 'gewu-shell-' + PAGE + '-';
const SHELL = SHELLS + ASSETS.join('|').length + '-' + ASSETS.map(a => a.split('/')[2]).join('');
const PAGES = 'gewu-day-page';

self.addEventListener('install', event => {
  event.waitUntil(caches.open(SHELL).then(cache => cache.addAll(ASSETS)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith(SHELLS) && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

// The page of a day is of that day: the next morning it would only mislead.
function isOfToday(answer) {
  const at = Date.parse(answer.headers.get('X-Kept-At') || '');
  return at && Date.now() - at < 20 * 36e5;
}

async function today(request) {
  const cache = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    const isPage = answer.ok && !answer.redirected && (answer.headers.get('Content-Type') || '').startsWith('text/html');
    if (isPage) {
      const headers = new Headers(answer.headers);
      headers.set('X-Kept-At', new Date().toISOString());
      headers.delete('Content-Encoding');
      headers.delete('Content-Length');
      await cache.put(PAGE, new Response(await answer.clone().blob(), { status: 200, headers }));
    } else if (answer.redirected || answer.type === 'opaqueredirect') {
      // Sent to the log-in: the session is over, and what stood here was of it. What was written waits in the outbox.
      await cache.delete(PAGE);
    }
    return answer;
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept && isOfToday(kept)) return kept;
    if (kept) await cache.delete(PAGE);
    if (request.mode !== 'navigate') throw error;
    return nothingKept();
  }
}

// No page of today is kept (the session is over, or it is another day); what was written waits all the same.
function nothingKept() {
  const style = ASSETS.find(address => address.endsWith('gewu.css'));
  return new Response(`<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>今日 · Today</title><link rel="stylesheet" href="${style}"></head><body><main><h1>没有网络</h1>
<p>今日的页面已随登录结束清除。您写的、还没上传的记录都在这部手机上（已加密），联网登录后自动上传。</p>
<p lang="en">No network. Today's page went with your session; what you wrote and did not send yet is still on this phone, sealed, and leaves once you have logged in.</p>
<p><a class="btn p" href="${PAGE}">再试 · Try again</a></p></main></body></html>`, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

self.addEventListener('fetch', event => {
  const request = event.request;
  if (request.method !== 'GET') return;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.mode === 'navigate' && address.pathname === PAGE) { event.respondWith(today(request)); return; }
  // The page asks for itself after it has sent something.
  if (request.headers.get('X-Day') === 'fresh') { event.respondWith(today(request)); return; }
  if (address.pathname.startsWith('/assets/')) {
    event.respondWith(caches.match(request, { ignoreSearch: true }).then(kept => kept || fetch(request)));
  }
});
