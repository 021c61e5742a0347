// The wall of unified command, live. Without it the page stands as the server wrote it, and the browser loads it anew.
//   [data-stream=ADDRESS][data-alive=SECONDS][data-script=ADDRESS] holds the parts (section#wall-…); each event brings those that changed
//   [data-stale] is shown while nothing is heard; .asof time says of when the figures are
'use strict';
(() => {
  const place = document.querySelector('[data-stream]');
  const warning = document.querySelector('[data-stale]');
  const main = document.querySelector('main');
  if (!place || !main) return;
  const alive = place.dataset.alive * 1000;
  const longest = 60_000;
  let source, heard = performance.now(), wait = 2000;

  const setStale = isStale => {
    main.classList.toggle('stale', isStale);
    if (warning) warning.hidden = !isStale;
  };
  const hear = told => {
    heard = performance.now();
    wait = 2000;
    setStale(false);
    for (const time of document.querySelectorAll('.asof time')) {
      time.dateTime = told.at;
      time.textContent = told.atText;
    }
    // The server was brought up to date: a screen that nobody touches follows it.
    if (told.script !== place.dataset.script) location.reload();
  };
  const show = told => {
    for (const section of place.querySelectorAll('section')) if (told.all && !told.all.includes(section.id)) section.remove();
    for (const [id, content] of Object.entries(told.parts || {})) {
      let section = document.getElementById(id);
      if (!section) place.lastElementChild.append(section = Object.assign(document.createElement('section'), { id }));
      // Whoever stands on a link with the keyboard goes on standing there.
      const focused = section.contains(document.activeElement) && document.activeElement.getAttribute('href');
      section.innerHTML = content;
      if (focused) section.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    }
  };
  function open() {
    source = new EventSource(place.dataset.stream);
    source.addEventListener('wall', event => { const told = JSON.parse(event.data); show(told); hear(told); });
    source.addEventListener('alive', event => hear(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      // A browser comes again by itself, unless it was told that there is no stream: then the page is asked for instead.
      if (source.readyState === EventSource.CLOSED) setTimeout(reload, wait = Math.min(wait * 2, longest));
    });
  }
  async function reload() {
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const parts = fresh.querySelector('[data-stream]');
      // The page of a fault, or of the log-in when the session is over, is not what the wall is for.
      if (!answer.ok || !parts) throw new Error('no wall');
      place.replaceChildren(...parts.childNodes);
      const time = fresh.querySelector('.asof time');
      hear({ at: time.dateTime, atText: time.textContent, script: parts.dataset.script });
    } catch { setStale(true); }
    open();
  }
  setInterval(() => { if (performance.now() - heard > alive * 3) setStale(true); }, 1000);
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', event => { if (event.persisted) open(); });
  open();
})();
