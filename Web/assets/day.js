// The grid worker's page: every form of #day becomes an entry in the outbox of the phone (outbox.js). An entry carries when
// it happened and the version of the matter that was seen; what cannot be done comes back as a conflict, on the page and on
// the server.
'use strict';
(() => {
  const root = document.getElementById('day');
  if (!root || !self.gewuOutbox) return;
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const one = selector => root.querySelector(selector);
  const ENTRIES = '/api/v1/day/entries';
  const PHOTOS_AT_ONCE = 9;
  const outbox = self.gewuOutbox(root, { told, renew, show });
  const { say, owner, newKey } = outbox;
  const said = text => { one('[data-day-said]').textContent = text; };
  function told(record, answer) {
    said(answer.outcome === 'kept' ? say('没有办成，内容已保留：', 'Could not be done, all is kept: ') + (answer.detail || '') : answer.number ? say('已收到，编号 ', 'Received, number ') + answer.number : say('已收到', 'Received'));
  }

  // ---- Writing an entry
  async function write(form) {
    const data = new FormData(form);
    const text = name => { const value = data.get(name); return typeof value === 'string' && value.trim() ? value.trim() : undefined; };
    const photos = [];
    for (const file of data.getAll('photos')) {
      if (file instanceof File && file.size) photos.push({ name: file.name.slice(-80) || 'photo.jpg', content: await outbox.base64(await outbox.smaller(file)) });
    }
    const key = newKey();
    const body = {
      kind: form.dataset.entry, owner, happenedAt: new Date().toISOString(), matter: text('matter'),
      seenVersion: text('seenVersion') ? Number(text('seenVersion')) : undefined, act: text('act'), opinion: text('opinion'),
      result: text('result'), reason: text('reason'), detail: text('detail'), category: text('category'), address: text('address'),
      check: text('check'), body: text('body'),
    };
    if (text('longitude') && text('latitude')) body.location = { longitude: Number(text('longitude')), latitude: Number(text('latitude')) };
    const before = (await outbox.mine()).filter(record => record.matter && record.matter === body.matter && record.state !== 'refused').pop();
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
    await outbox.add(ENTRIES, key, body, { act: shown.act, check: shown.check, kind: body.kind });
    labels.set(key, shown.what);
  }
  const labels = new Map();
  const KINDS = { report: say('上报', 'Report'), act: say('办理', 'Act'), check: say('巡查', 'Patrol'), help: say('求助', 'Call for help'), refuse: say('清单外任务', 'Task off the list') };

  // ---- What the page shows
  async function renew() {
    const isWriting = () => all('[data-day-fresh] textarea').some(field => field.value && field.closest('form') && !field.closest('form').dataset.kept);
    if (await outbox.renew('/day', isWriting)) prepare();
  }
  async function show() {
    const own = await outbox.list(record => labels.get(record.key) || KINDS[record.shown.kind] || record.shown.what || '');
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
      return show().then(outbox.drain);
    }).catch(() => {
      // No room, or no key: the form is sent as a page would, if there is a network.
      said(say('手机存不下，请联网后再提交；内容还在表单里。', 'The phone cannot keep it; send it with a network. What you wrote is still in the form.'));
      if (outbox.canSend()) HTMLFormElement.prototype.submit.call(form);
    }).finally(() => { delete form.dataset.writing; });
  }, true);
  root.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
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
  function prepare() {
    if (navigator.geolocation) all('[data-day-locate][hidden]').forEach(button => { button.hidden = false; });
    // The day's page is one of the few that people keep on the first screen of the phone.
    const manifest = document.querySelector('link[rel=manifest]');
    if (manifest && !manifest.href.endsWith('/day/manifest.webmanifest')) manifest.href = '/day/manifest.webmanifest';
  }

  prepare();
  outbox.start('/day');
})();
