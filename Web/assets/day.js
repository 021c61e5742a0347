// The grid worker's page: every form of #day becomes an entry in an outbox on the phone, sent in order when there is a
// network. An entry carries a key (Idempotency-Key), when it happened and the version of the matter that was seen, so it
// arrives once, whatever happens in between; what cannot be done comes back as a conflict, on the page and on the server.
//   entries are sealed (AES-GCM) with a key that the server gives to their writer and that goes at log-out: another person on
//   the same phone can neither read nor send them.
//   Without a service worker or TLS the page still works: entries live as long as the browser keeps them.
'use strict';
(() => {
  const root = document.getElementById('day');
  if (!root) return;
  const isChinese = document.documentElement.lang.startsWith('zh');
  const say = (chinese, english) => (isChinese ? chinese : english);
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const one = selector => root.querySelector(selector);
  const owner = root.dataset.owner;
  const LONGEST = 1600;
  const PHOTOS_AT_ONCE = 9;

  // ---- The phone's own store
  let opened;
  function store() {
    if (!opened) {
      opened = new Promise((done, failed) => {
        const asked = indexedDB.open('gewu-day', 1);
        asked.onupgradeneeded = () => {
          asked.result.createObjectStore('entries', { keyPath: 'key' });
          asked.result.createObjectStore('keys', { keyPath: 'owner' });
        };
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
    }
    return opened;
  }
  async function within(names, mode, work) {
    const base = await store();
    return new Promise((done, failed) => {
      const transaction = base.transaction(names, mode);
      const result = work(transaction);
      transaction.oncomplete = () => done(result && 'result' in result ? result.result : undefined);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  }
  const put = record => within('entries', 'readwrite', t => t.objectStore('entries').put(record));
  const drop = key => within('entries', 'readwrite', t => t.objectStore('entries').delete(key));
  const everything = () => within('entries', 'readonly', t => t.objectStore('entries').getAll());

  // ---- Sealing
  const canSeal = !!(self.crypto && crypto.subtle);
  async function keepKey(text) {
    if (!canSeal) return;
    const bytes = Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
    // Whoever was here before has gone: without the key nobody reads what they left.
    await within('keys', 'readwrite', t => { t.objectStore('keys').clear(); return t.objectStore('keys').put({ owner, key }); });
  }
  const sealingKey = async () => {
    const kept = await within('keys', 'readonly', t => t.objectStore('keys').get(owner));
    return kept && kept.key;
  };
  async function seal(body) {
    if (!canSeal) return { plain: body };
    const key = await sealingKey();
    if (!key) throw new Error('no key');
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    return { nonce, sealed: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, new TextEncoder().encode(body)) };
  }
  async function open(record) {
    if (record.plain !== undefined) return record.plain;
    const key = await sealingKey();
    if (!key) return null;
    try {
      return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: record.nonce }, key, record.sealed));
    } catch { return null; }
  }

  // ---- Session: who is logged in now, with which token of forms
  let session = null;
  let isOnline = true;
  async function readSession() {
    try {
      const answer = await fetch('/api/v1/day/session', { cache: 'no-store', headers: { Accept: 'application/json' } });
      isOnline = true;
      session = answer.ok ? await answer.json() : null;
      if (session && session.staff === owner) await keepKey(session.outboxKey);
      one('[data-day-login]').hidden = !(answer.status === 401);
    } catch {
      isOnline = false;
      session = null;
    }
    one('[data-day-offline]').hidden = isOnline;
    return session;
  }

  // ---- Photos: made small on the phone, so that a hundred of them fit and leave quickly
  async function smaller(file) {
    if (!self.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      const pen = canvas.getContext('2d');
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return await new Promise(done => canvas.toBlob(blob => done(blob || file), 'image/jpeg', .8));
    } catch { return file; }
  }
  const base64 = blob => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });

  // ---- Writing an entry
  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join(''));
  async function write(form) {
    const data = new FormData(form);
    const text = name => { const value = data.get(name); return typeof value === 'string' && value.trim() ? value.trim() : undefined; };
    const photos = [];
    for (const file of data.getAll('photos')) {
      if (file instanceof File && file.size) photos.push({ name: file.name.slice(-80) || 'photo.jpg', content: await base64(await smaller(file)) });
    }
    const key = newKey();
    const body = {
      kind: form.dataset.entry, owner, happenedAt: new Date().toISOString(), matter: text('matter'),
      seenVersion: text('seenVersion') ? Number(text('seenVersion')) : undefined, act: text('act'), opinion: text('opinion'),
      result: text('result'), reason: text('reason'), detail: text('detail'), category: text('category'), address: text('address'),
      check: text('check'), body: text('body'),
    };
    if (text('longitude') && text('latitude')) body.location = { longitude: Number(text('longitude')), latitude: Number(text('latitude')) };
    const before = (await mine()).filter(record => record.matter && record.matter === body.matter && record.state !== 'refused').pop();
    if (before) body.follows = before.key;
    if (photos.length) body.photos = photos.slice(0, PHOTOS_AT_ONCE);
    const label = (form.closest('details') || form).querySelector('summary');
    const shown = { what: (label ? label.textContent : form.textContent).trim().slice(0, 40), matter: body.matter, act: body.act, check: body.check };
    await add(key, body, shown);
    // More than one step can carry: the rest follow as remarks, so none is lost.
    let follows = key;
    for (let start = PHOTOS_AT_ONCE; start < photos.length; start += PHOTOS_AT_ONCE) {
      const next = newKey();
      await add(next, { kind: 'act', act: 'remark', owner, happenedAt: body.happenedAt, follows, matter: body.matter,
        opinion: say('更多照片', 'More photos'), photos: photos.slice(start, start + PHOTOS_AT_ONCE) }, { what: say('更多照片', 'More photos') });
      follows = next;
    }
    return key;
  }
  async function add(key, body, shown) {
    const sealed = await seal(JSON.stringify(body));
    await put({ key, owner, at: Date.now(), order: Date.now() + Math.random(), state: 'waiting', tries: 0, due: 0, matter: body.matter, shown: { act: shown.act, check: shown.check, kind: body.kind }, ...sealed });
    labels.set(key, shown.what);
  }
  const labels = new Map();
  const KINDS = { report: say('上报', 'Report'), act: say('办理', 'Act'), check: say('巡查', 'Patrol'), help: say('求助', 'Call for help'), refuse: say('清单外任务', 'Task off the list') };
  const mine = async () => (await everything()).filter(record => record.owner === owner).sort((a, b) => a.order - b.order);

  // ---- Sending: in order, one page at a time
  let isSending = false;
  async function drain() {
    if (isSending) return;
    isSending = true;
    try {
      if (navigator.locks) await navigator.locks.request('gewu-day', { ifAvailable: true }, lock => (lock ? send() : null));
      else await send();
    } finally {
      isSending = false;
      await show();
    }
  }
  async function send() {
    if (!(await mine()).length && session) return;
    const now = await readSession();
    if (!now || now.staff !== owner) return;
    let isChanged = false;
    for (const record of await mine()) {
      if (record.state === 'refused' || record.due > Date.now()) continue;
      const body = await open(record);
      if (body === null) continue;
      const went = await post(record, body);
      if (went === 'again') break;
      isChanged = isChanged || went === 'gone';
    }
    if (isChanged) await renew();
  }
  async function post(record, body, isSecond = false) {
    let answer;
    try {
      answer = await fetch('/api/v1/day/entries', { method: 'POST', body, headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': record.key, 'X-Form-Token': session.token || '' } });
    } catch {
      isOnline = false;
      return later(record);
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      await drop(record.key);
      said(told.outcome === 'kept' ? say('没有办成，内容已保留：', 'Could not be done, all is kept: ') + (told.detail || '') : told.number ? say('已收到，编号 ', 'Received, number ') + told.number : say('已收到', 'Received'));
      return 'gone';
    }
    if (answer.status === 401) { one('[data-day-login]').hidden = false; return 'again'; }
    // The session is a new one since the page was loaded: its token is asked for, once.
    if (told.code === 'desk.foreign-form' && !isSecond) { if (await readSession()) return post(record, body, true); return 'again'; }
    if (answer.status === 429 || answer.status === 408 || answer.status >= 500 || told.code === 'desk.foreign-form') return later(record, Number(answer.headers.get('Retry-After')));
    record.state = 'refused';
    record.why = told.detail || String(answer.status);
    await put(record);
    return 'refused';
  }
  async function later(record, seconds) {
    record.tries += 1;
    record.due = Date.now() + 1000 * (seconds || Math.min(300, 2 ** Math.min(record.tries, 8))) * (1 + Math.random() / 4);
    await put(record);
    return 'again';
  }
  const said = text => { one('[data-day-said]').textContent = text; };

  // ---- What the page shows
  async function renew() {
    try {
      const answer = await fetch('/day', { headers: { 'X-Day': 'fresh', Accept: 'text/html' }, cache: 'no-store' });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('[data-day-fresh]');
      if (!fresh || page.getElementById('day').dataset.owner !== owner) return;
      // Nothing that somebody is writing is taken from under their hands.
      const isWriting = all('[data-day-fresh] textarea').some(field => field.value && field.closest('form') && !field.closest('form').dataset.kept);
      if (isWriting) return;
      one('[data-day-fresh]').replaceWith(document.importNode(fresh, true));
      root.dataset.at = page.getElementById('day').dataset.at;
      prepare();
    } catch { /* The page stays as it is. */ }
  }
  async function show() {
    one('[data-day-offline]').hidden = isOnline;
    one('[data-day-at]').textContent = new Date(root.dataset.at).toLocaleString(isChinese ? 'zh-CN' : 'en-GB', { dateStyle: 'short', timeStyle: 'short' });
    const records = await everything().catch(() => []);
    const own = records.filter(record => record.owner === owner).sort((a, b) => a.order - b.order);
    const others = records.length - own.length;
    const othersLine = one('[data-day-others]');
    othersLine.hidden = !others;
    othersLine.textContent = others ? say(`这部手机上还有其他同事的 ${others} 条记录未上传，等本人登录后自动上传；您看不到内容。`, `${others} entries of somebody else wait on this phone; they leave when that person logs in, and you cannot read them.`) : '';
    one('[data-outbox]').hidden = !own.length;
    const list = one('[data-outbox-list]');
    list.replaceChildren(...await Promise.all(own.map(async record => {
      const line = document.createElement('li');
      const body = await open(record);
      const entry = body ? JSON.parse(body) : {};
      const words = [entry.detail, entry.result, entry.opinion].filter(Boolean).join(' ').slice(0, 60);
      const time = new Date(record.at).toLocaleTimeString(isChinese ? 'zh-CN' : 'en-GB', { timeStyle: 'short' });
      const state = record.state === 'refused' ? say('未被接受：', 'Refused: ') + record.why : say('待上传', 'to be sent');
      line.textContent = `${time} ${labels.get(record.key) || KINDS[record.shown.kind] || ''} ${words} · ${entry.photos ? say(`${entry.photos.length} 张照片 · `, `${entry.photos.length} photos · `) : ''}${state}`;
      if (record.state === 'refused') {
        const again = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: say('再试', 'Try again') });
        again.onclick = async () => { record.state = 'waiting'; record.due = 0; await put(record); drain(); };
        line.append(' ', again);
      }
      return line;
    })));
    // What was done offline is marked where it was done, and what comes next is offered.
    all('[data-matter]').forEach(card => {
      const done = own.filter(record => record.matter === card.dataset.matter && record.state !== 'refused');
      all('[data-then]', card).forEach(next => { next.hidden = !done.some(record => record.shown.act === next.dataset.then); });
      mark(card.querySelector('summary'), done.length);
    });
    all('[data-check]').forEach(card => {
      const isDone = own.some(record => record.shown.check === card.dataset.check && record.state !== 'refused');
      all('form, details', card).forEach(part => { part.hidden = isDone; });
      mark(card.querySelector('strong'), isDone ? 1 : 0);
    });
  }
  function mark(at, count) {
    let badge = at.parentElement.querySelector(':scope > .badge.mark, :scope .badge.mark');
    if (!count) { if (badge) badge.remove(); return; }
    if (!badge) { badge = Object.assign(document.createElement('span'), { className: 'badge warn mark' }); at.append(' ', badge); }
    badge.textContent = say('已记下', 'noted');
  }

  // ---- Hands
  root.addEventListener('submit', event => {
    const form = event.target;
    if (!form.dataset.entry || !self.indexedDB) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.writing) return;
    form.dataset.writing = 'yes';
    write(form).then(() => {
      form.reset();
      all('[data-day-located]', form).forEach(line => { line.textContent = ''; });
      all('.photos', form).forEach(shown => shown.remove());
      form.dataset.kept = 'yes';
      const box = form.closest('details');
      if (box) box.open = false;
      said(say('已记下', 'Noted'));
      return show().then(drain);
    }).catch(() => {
      // No room, or no key: the form is sent as a page would, if there is a network.
      said(say('手机存不下，请联网后再提交；内容还在表单里。', 'The phone cannot keep it; send it with a network. What you wrote is still in the form.'));
      if (isOnline && session) HTMLFormElement.prototype.submit.call(form);
    }).finally(() => { delete form.dataset.writing; });
  }, true);
  root.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.matches('[data-outbox-send]')) mine().then(records => Promise.all(records.map(record => put({ ...record, due: 0 })))).then(drain);
    if (button.matches('[data-outbox-export]')) exportAll();
    if (button.matches('[data-day-locate]')) locate(button);
  });
  // Only when it is tapped, once; where somebody walks is nobody's business.
  function locate(button) {
    const form = button.closest('form');
    const line = form.querySelector('[data-day-located]');
    line.textContent = say('正在定位……', 'Locating …');
    navigator.geolocation.getCurrentPosition(found => {
      form.elements.latitude.value = found.coords.latitude.toFixed(6);
      form.elements.longitude.value = found.coords.longitude.toFixed(6);
      line.textContent = say('已附上位置', 'Place added');
    }, () => { line.textContent = say('定位不到，可不附', 'No place found; it may stay empty'); }, { timeout: 10000, maximumAge: 60000 });
  }
  async function exportAll() {
    const lines = [];
    for (const record of await mine()) lines.push(JSON.parse(await open(record) || '{}'));
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([JSON.stringify(lines, null, 1)], { type: 'application/json' })), download: 'gewu-day.json' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  function prepare() {
    if (navigator.geolocation) all('[data-day-locate][hidden]').forEach(button => { button.hidden = false; });
    // The day's page is one of the few that people keep on the first screen of the phone.
    const manifest = document.querySelector('link[rel=manifest]');
    if (manifest && !manifest.href.endsWith('/day/manifest.webmanifest')) manifest.href = '/day/manifest.webmanifest';
  }

  addEventListener('online', () => { mine().then(records => Promise.all(records.map(record => put({ ...record, due: 0 })))).then(drain); });
  addEventListener('offline', () => { isOnline = false; show(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) drain(); });
  setInterval(drain, 5000);

  prepare();
  if (navigator.serviceWorker) navigator.serviceWorker.register('/day/worker.js', { scope: '/day' }).then(() => { document.documentElement.dataset.day = 'ready'; }).catch(() => {});
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  readSession().then(drain).then(show);
})();
