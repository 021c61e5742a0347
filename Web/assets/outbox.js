// The outbox of a phone's page: what somebody does there is kept on the phone and sent in order when there is a network.
// Each record carries a key (Idempotency-Key) and the address that it goes to, so it arrives once, whatever happens in between.
//   records are sealed (AES-GCM) with a key that the server gives to their writer and that goes at log-out: another person on
//   the same phone can neither read nor send them.
//   Without a service worker or TLS a page still works: records live as long as the browser keeps them.
// gewuOutbox(root, hands): root is the element with data-owner; hands are the page's own: told(record, answer) after the
// server took one, renew() after something changed there, show() after anything.
'use strict';
self.gewuOutbox = (root, hands) => {
  const isChinese = document.documentElement.lang.startsWith('zh');
  const say = (chinese, english) => (isChinese ? chinese : english);
  const one = selector => root.querySelector(selector);
  const owner = root.dataset.owner;
  const LONGEST = 1600;

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
      const answer = await fetch('/api/v1/session', { cache: 'no-store', headers: { Accept: 'application/json' } });
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

  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join(''));

  // Keeps what was done. `shown` says on the page what it is, without opening the seal.
  async function add(address, key, body, shown) {
    const sealed = await seal(JSON.stringify(body));
    await put({ key, owner, address, at: Date.now(), order: Date.now() + Math.random(), state: 'waiting', tries: 0, due: 0, matter: body.matter, shown, ...sealed });
  }
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
      await hands.show();
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
    if (isChanged) await hands.renew();
  }
  async function post(record, body, isSecond = false) {
    let answer;
    try {
      answer = await fetch(record.address || '/api/v1/day/entries', { method: 'POST', body, headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': record.key, 'X-Form-Token': session.token || '' } });
    } catch {
      isOnline = false;
      return later(record);
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      await drop(record.key);
      hands.told(record, told);
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

  const again = () => mine().then(records => Promise.all(records.map(record => put({ ...record, due: 0 })))).then(drain);
  async function exportAll() {
    const lines = [];
    for (const record of await mine()) lines.push(JSON.parse(await open(record) || '{}'));
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([JSON.stringify(lines, null, 1)], { type: 'application/json' })), download: 'gewu-outbox.json' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // What waits, line by line; what the server refused stays with its reason, and can be tried again.
  async function list(name) {
    one('[data-day-offline]').hidden = isOnline;
    one('[data-day-at]').textContent = new Date(root.dataset.at).toLocaleString(isChinese ? 'zh-CN' : 'en-GB', { dateStyle: 'short', timeStyle: 'short' });
    const records = await everything().catch(() => []);
    const own = records.filter(record => record.owner === owner).sort((a, b) => a.order - b.order);
    const others = records.length - own.length;
    const othersLine = one('[data-day-others]');
    othersLine.hidden = !others;
    othersLine.textContent = others ? say(`这部手机上还有其他同事的 ${others} 条记录未上传，等本人登录后自动上传；您看不到内容。`, `${others} entries of somebody else wait on this phone; they leave when that person logs in, and you cannot read them.`) : '';
    one('[data-outbox]').hidden = !own.length;
    one('[data-outbox-list]').replaceChildren(...await Promise.all(own.map(async record => {
      const line = document.createElement('li');
      const body = await open(record);
      const entry = body ? JSON.parse(body) : {};
      const words = [entry.detail, entry.result, entry.opinion, entry.text, entry.label, entry.count].filter(Boolean).join(' ').slice(0, 60);
      const time = new Date(record.at).toLocaleTimeString(isChinese ? 'zh-CN' : 'en-GB', { timeStyle: 'short' });
      const state = record.state === 'refused' ? say('未被接受：', 'Refused: ') + record.why : say('待上传', 'to be sent');
      line.textContent = `${time} ${name(record)} ${words} · ${entry.photos ? say(`${entry.photos.length} 张照片 · `, `${entry.photos.length} photos · `) : ''}${state}`;
      if (record.state === 'refused') {
        const retry = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: say('再试', 'Try again') });
        retry.onclick = async () => { record.state = 'waiting'; record.due = 0; await put(record); drain(); };
        line.append(' ', retry);
      }
      return line;
    })));
    return own;
  }

  root.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.matches('[data-outbox-send]')) again();
    if (button.matches('[data-outbox-export]')) exportAll();
  });
  addEventListener('online', again);
  addEventListener('offline', () => { isOnline = false; hands.show(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) drain(); });
  setInterval(drain, 5000);

  // The page as the server has it now takes the place of the part that is marked, unless somebody is writing there.
  async function renew(path, isWriting) {
    try {
      const answer = await fetch(path, { headers: { 'X-Day': 'fresh', Accept: 'text/html' }, cache: 'no-store' });
      if (!answer.ok || answer.redirected) return false;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('[data-day-fresh]');
      const there = fresh && page.getElementById(root.id);
      if (!there || there.dataset.owner !== owner || isWriting()) return false;
      one('[data-day-fresh]').replaceWith(document.importNode(fresh, true));
      root.dataset.at = there.dataset.at;
      return true;
    } catch { return false; /* The page stays as it is. */ }
  }

  function start(path) {
    if (navigator.serviceWorker) navigator.serviceWorker.register(path + '/worker.js', { scope: path }).then(() => { document.documentElement.dataset.day = 'ready'; }).catch(() => {});
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    return readSession().then(drain).then(hands.show);
  }
  return { say, owner, mine, add, drain, list, renew, start, newKey, smaller, base64, canSend: () => isOnline && session, token: () => session && session.token };
};
