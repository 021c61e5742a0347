// Gewu: what a page can do more when scripts run. Every page works without them; nothing here is needed to act.
//   keys        / search, j k rows, x select, Enter open, e act, ? help (can be switched off there)
//   selection   [data-select-all] in a table's head; [data-selected] shows how many; [data-all-results=N] means all pages
//   lists       a query form offers the filter that was used last on its list
//   walls       main[data-wall=SECONDS][data-next=ADDRESS] renews itself, and keeps what it has while the network is gone
//   photos      input[type=file][accept*=image]: made smaller before sending, shown below
//   [data-locate] button (may be hidden without scripts): fills latitude, longitude, accuracy of its form
//   form[data-draft=NAME] keeps what was typed; a page with [data-draft-done=NAME] forgets it
//   [data-confirm=QUESTION] on a form or its button, with [data-reason=FIELD] the reason must be typed; [data-copy=TEXT] (empty: this page's address),
//   [data-opinion=TEXT][data-for=FIELD], [data-due=INSTANT] a deadline by the clock, told anew each minute
'use strict';
(() => {
  const root = document.documentElement;
  const isChinese = root.lang.startsWith('zh');
  const say = (chinese, english) => (isChinese ? chinese : english);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  // Private windows and full disks refuse storage; the page then simply keeps nothing.
  const store = {
    get(key) { try { return localStorage.getItem('gewu.' + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem('gewu.' + key, value); } catch { /* see above */ } },
    remove(key) { try { localStorage.removeItem('gewu.' + key); } catch { /* see above */ } },
    keys() { try { return Object.keys(localStorage).filter(k => k.startsWith('gewu.')).map(k => k.slice(5)); } catch { return []; } },
  };
  const tell = (after, text) => {
    let line = after.nextElementSibling;
    if (!line || !line.matches('.told')) after.after(line = make('p', { className: 'hint told' }));
    line.setAttribute('role', 'status');
    line.textContent = text;
  };
  root.classList.add('js');

  // ---- Navigation on phones: four entries and "more" ----
  const nav = document.querySelector('header.top nav');
  const links = nav ? all(':scope > a', nav) : [];
  if (nav && links.length > 4 && (links.length > 5 || nav.querySelector('details.more'))) {
    const over = links.slice(4);
    let more = nav.querySelector('details.more');
    if (!more) {
      more = make('details', { className: 'more phone' });
      const summary = make('summary');
      summary.innerHTML = document.getElementById('i-ellipsis') ? '<svg class="icon" aria-hidden="true"><use href="#i-ellipsis"></use></svg>' : '';
      summary.append(make('span', { textContent: say('更多', 'More') }));
      more.append(summary, make('div'));
      nav.append(more);
    }
    more.querySelector('div').prepend(make('section', { className: 'phone' }, ...over.map(a => a.cloneNode(true))));
    if (over.some(a => a.hasAttribute('aria-current'))) more.classList.add('current-phone');
    over.forEach(a => a.classList.add('over'));
  }
  const menus = () => all('details.more[open], details.switch[open]');
  document.addEventListener('click', event => menus().forEach(menu => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') menus().forEach(menu => { menu.open = false; menu.querySelector('summary').focus(); });
  });

  // ---- Selection ----
  const boxes = scope => all('input[name=select]', scope);
  function count() {
    const chosen = boxes(document).filter(box => box.checked).length;
    const whole = document.querySelector('[data-all-results]');
    const text = !whole || !whole.checked ? say(`已选 ${chosen} 项`, `${chosen} selected`)
      : whole.dataset.allResults ? say(`已选全部 ${whole.dataset.allResults} 项`, `all ${whole.dataset.allResults} selected`)
        : say('已选符合条件的全部', 'all results selected');
    all('[data-selected]').forEach(at => { at.textContent = text; });
    all('.bulk').forEach(bar => bar.classList.toggle('on', chosen > 0));
    all('[data-select-all]').forEach(box => {
      const own = boxes(box.closest('table') || document);
      const on = own.filter(b => b.checked).length;
      box.checked = on > 0 && on === own.length;
      box.indeterminate = on > 0 && on < own.length;
    });
  }
  document.addEventListener('change', event => {
    const box = event.target;
    if (box.matches('[data-select-all]')) boxes(box.closest('table') || document).forEach(b => { b.checked = box.checked; });
    // All results hold all of this page; taking one of them away means these and no others.
    const whole = document.querySelector('[data-all-results]');
    if (box === whole) boxes(document).forEach(b => { b.checked = whole.checked; });
    else if (whole && !box.checked && box.matches('[data-select-all], [name=select]')) whole.checked = false;
    if (box === whole || box.matches('[data-select-all], [name=select]')) count();
    if (box.matches('input[type=file][accept*=image]')) shrink(box);
  });
  count();

  // ---- Keys ----
  const areKeysOn = () => store.get('keys') !== 'off';
  let here = -1;
  function move(step) {
    const rows = all('table.list tbody tr');
    if (!rows.length) return;
    if (rows[here]) rows[here].classList.remove('here');
    here = Math.max(0, Math.min(rows.length - 1, here + step));
    const row = rows[here];
    row.classList.add('here');
    row.scrollIntoView({ block: 'nearest' });
    const link = row.querySelector('a');
    if (link) link.focus({ preventScroll: true });
  }
  function act() {
    const block = document.querySelector('details.act');
    if (block) { block.open = true; (block.querySelector('textarea, select, input:not([type=hidden]), button') || block).focus(); return; }
    const button = document.querySelector('main .btn.p');
    if (button) button.focus();
  }
  function help() {
    let box = document.getElementById('gewu-keys');
    if (!box) {
      const lines = [['/', say('查找', 'Search')], ['j  k', say('下一行、上一行', 'Next row, row before')], ['x', say('选择此行', 'Select the row')],
        ['Enter', say('打开', 'Open')], ['e', say('办理', 'Act')], ['?', say('本说明', 'This help')]];
      const list = make('dl', { className: 'facts' });
      lines.forEach(([key, text]) => list.append(make('dt', {}, make('code', { textContent: key })), make('dd', { textContent: text })));
      const use = make('input', { type: 'checkbox', checked: areKeysOn(), onchange: () => store.set('keys', use.checked ? 'on' : 'off') });
      const close = make('button', { type: 'button', className: 'btn p', textContent: say('关闭', 'Close'), onclick: () => box.close() });
      box = make('dialog', { id: 'gewu-keys', className: 'panel' }, make('h2', { textContent: say('快捷键', 'Keys') }), list,
        make('p', { className: 'check' }, make('label', {}, use, say('使用单键快捷键', 'Use single keys'))), close);
      box.setAttribute('aria-label', say('快捷键', 'Keys'));
      document.body.append(box);
    }
    if (box.showModal && !box.open) box.showModal();
  }
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest('input:not([type=checkbox]), select, textarea, dialog, .maplibregl-map')) return;
    if (event.key !== '?' && !areKeysOn()) return;
    const row = all('table.list tbody tr')[here];
    const does = {
      '/': () => { const field = document.querySelector('main [type=search], main [name=q]'); if (field) { field.focus(); field.select(); } },
      j: () => move(1), k: () => move(-1), e: act, '?': help,
      x: () => { const box = row && row.querySelector('input[name=select]'); if (box) { box.checked = !box.checked; count(); } },
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  });

  // ---- Photos: at most 1600 pixels, which is plenty to see a broken lamp and a tenth of the data ----
  const LONGEST = 1600;
  const working = new WeakMap();
  async function smaller(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !self.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = make('canvas', { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      const pen = canvas.getContext('2d');
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', .8));
      if (!blob || (scale === 1 && blob.size >= file.size)) return file;
      return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg', lastModified: file.lastModified });
    } catch { return file; } // The server takes it as it is, or says why not.
  }
  function shrink(input) {
    const work = (async () => {
      const files = [];
      for (const file of input.files) files.push(await smaller(file));
      const bag = new DataTransfer();
      files.forEach(file => bag.items.add(file));
      input.files = bag.files;
      let shown = input.parentElement.querySelector('.photos');
      if (!shown) input.after(shown = make('div', { className: 'photos' }));
      all('img', shown).forEach(image => URL.revokeObjectURL(image.src));
      shown.replaceChildren(...files.filter(file => file.type.startsWith('image/')).map(file =>
        make('img', { src: URL.createObjectURL(file), alt: file.name })));
    })().catch(() => {}).finally(() => { if (input.form) working.delete(input.form); });
    if (input.form) working.set(input.form, work);
  }

  // ---- Sending: ask first, wait for photos, never twice ----
  document.addEventListener('submit', event => {
    const form = event.target;
    const button = event.submitter;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    const reason = (button && button.dataset.reason) || form.dataset.reason;
    if (question && !form.dataset.asked) {
      if (reason && form.requestSubmit) { event.preventDefault(); askWhy(question, reason, form, button); return; }
      if (!confirm(question)) { event.preventDefault(); return; }
    }
    const work = working.get(form);
    if (work && form.requestSubmit) {
      event.preventDefault();
      form.dataset.asked = 'yes';
      work.then(() => { form.requestSubmit(button || undefined); delete form.dataset.asked; });
      return;
    }
    if (form.getAttribute('action') === '/logout') {
      forget(() => true);
      store.keys().filter(key => key.startsWith('filter.')).forEach(key => store.remove(key));
      if (self.indexedDB && !form.dataset.left) { event.preventDefault(); leavePhone(form); return; }
    }
    if (form.method !== 'post') return;
    form.dataset.sent = 'yes';
    form.setAttribute('aria-busy', 'true');
    // A file that is sent back leaves the page where it is: free the form again.
    setTimeout(() => free(form), 15000);
  });
  // What cannot be undone is confirmed by typing why; the reason goes along in the form's own field.
  function askWhy(question, name, form, button) {
    const why = make('textarea', { id: 'gewu-why', rows: 3, required: true, minLength: 2, maxLength: 500 });
    const cancel = make('button', { type: 'button', className: 'btn', textContent: say('取消', 'Cancel'), onclick: () => box.close() });
    const sure = make('button', { className: 'btn p', textContent: say('确定', 'Confirm') });
    const own = make('form', { method: 'dialog', onsubmit: () => send() }, make('h2', { id: 'gewu-asks', textContent: question }),
      make('div', { className: 'field' }, make('label', { htmlFor: why.id, textContent: say('理由', 'Reason') }), why),
      make('div', { className: 'bar' }, sure, cancel));
    const box = make('dialog', { className: 'panel', onclose: () => { box.remove(); if (button) button.focus(); } }, own);
    box.setAttribute('aria-labelledby', 'gewu-asks');
    const send = () => {
      let field = form.elements[name];
      if (!field) form.append(field = make('input', { type: 'hidden', name }));
      field.value = why.value.trim();
      form.dataset.asked = 'yes';
      form.requestSubmit(button || undefined);
      delete form.dataset.asked;
    };
    document.body.append(box);
    box.showModal();
    why.focus();
  }
  // The phone's page of today and the key of what was not sent go with the session; what was not sent stays sealed.
  async function leavePhone(form) {
    let waiting = 0;
    try {
      if (self.caches) await caches.delete('gewu-day-page');
      const base = await new Promise((done, failed) => {
        const asked = indexedDB.open('gewu-day');
        asked.onupgradeneeded = () => asked.transaction.abort();
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
      waiting = await new Promise((done, failed) => {
        const asked = base.transaction('entries').objectStore('entries').count();
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
      const question = say(`这部手机上还有 ${waiting} 条记录未上传；退出后加密保留，本人再登录时上传。仍要退出？`, `${waiting} entries on this phone are not sent yet; they stay sealed until their writer logs in again. Log out?`);
      if (waiting && !confirm(question)) { base.close(); return; }
      await new Promise((done, failed) => {
        const change = base.transaction('keys', 'readwrite');
        change.objectStore('keys').clear();
        change.oncomplete = done;
        change.onerror = () => failed(change.error);
      });
      base.close();
    } catch { /* Nothing of the day was ever kept here. */ }
    form.dataset.left = 'yes';
    form.requestSubmit ? form.requestSubmit() : form.submit();
  }
  const free = form => { delete form.dataset.sent; form.removeAttribute('aria-busy'); };
  addEventListener('pageshow', () => all('form[data-sent]').forEach(free));

  // ---- Drafts ----
  const DAYS_KEPT = 3;
  function forget(which) {
    store.keys().filter(key => key.startsWith('draft.') && which(key)).forEach(key => store.remove(key));
  }
  forget(key => {
    try { return !(Date.now() - JSON.parse(store.get(key)).at < DAYS_KEPT * 864e5); } catch { return true; }
  });
  all('[data-draft-done]').forEach(done => {
    forget(key => !done.dataset.draftDone || key === 'draft.' + done.dataset.draftDone);
  });
  const typed = form => [...form.elements].filter(field => field.name && !/^(hidden|file|password|submit|button|fieldset)$/.test(field.type));
  const values = form => typed(form).map(field => [field.name, /^(checkbox|radio)$/.test(field.type) ? [field.value, field.checked] : field.value]);
  all('form[data-draft]').forEach(form => {
    const key = 'draft.' + (form.dataset.draft || location.pathname);
    const untouched = JSON.stringify(values(form));
    let last = untouched;
    const kept = store.get(key);
    // After a refusal the server has filled in what was sent, which is newer.
    if (kept && !form.querySelector('.wrong')) {
      try {
        const fields = typed(form);
        JSON.parse(kept).values.forEach(([name, value]) => {
          const isChoice = Array.isArray(value);
          const field = fields.find(f => f.name === name && (!isChoice || f.value === value[0]));
          if (field) { if (isChoice) field.checked = value[1]; else field.value = value; }
        });
        last = JSON.stringify(values(form));
        if (last !== untouched) {
          const line = make('p', { className: 'notice' }, say('已恢复上次未提交的内容。', 'What you typed last time is back. '));
          line.append(make('button', { type: 'button', className: 'btn ghost', textContent: say('清除', 'Clear it'),
            onclick: () => { store.remove(key); form.reset(); last = JSON.stringify(values(form)); line.remove(); } }));
          form.prepend(line);
        }
      } catch { store.remove(key); }
    }
    setInterval(() => {
      const now = JSON.stringify(values(form));
      if (now === last) return;
      last = now;
      store.set(key, JSON.stringify({ at: Date.now(), values: values(form) }));
    }, 1000);
  });

  // ---- Buttons ----
  all('[data-locate][hidden], [data-copy][hidden], [data-keys][hidden], [data-print][hidden]').forEach(button => { button.hidden = false; });
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-opinion], [data-copy], [data-locate], [data-keys], [data-print]');
    if (!button) return;
    if (button.matches('[data-keys]')) { help(); return; }
    if (button.matches('[data-print]')) { print(); return; }
    if (button.matches('[data-opinion]')) opinion(button);
    else if (button.matches('[data-copy]')) copy(button);
    else locate(button);
  });
  function opinion(button) {
    const field = (button.form && button.form.elements[button.dataset.for]) || document.getElementById(button.dataset.for);
    if (!field) return;
    field.setRangeText(button.dataset.opinion, field.selectionStart, field.selectionEnd, 'end');
    field.focus();
  }
  async function copy(button) {
    const text = button.dataset.copy || location.href;
    let isDone = false;
    try {
      await navigator.clipboard.writeText(text);
      isDone = true;
    } catch { // No clipboard without TLS: the old way.
      const field = make('textarea', { value: text, className: 'hide' });
      button.after(field);
      field.select();
      isDone = document.execCommand('copy');
      field.remove();
      button.focus();
    }
    tell(button, isDone ? say('已复制', 'Copied') : text);
  }
  function locate(button) {
    const fields = button.form ? button.form.elements : {};
    if (!isSecureContext || !navigator.geolocation) {
      tell(button, say('定位只能在 https 网址上使用；请改用地图选点或填写地址。', 'Locating needs an https address; choose on the map or write the address instead.'));
      return;
    }
    tell(button, say('正在定位……', 'Locating …'));
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const set = (name, value) => {
        if (!fields[name]) return;
        fields[name].value = value;
        fields[name].dispatchEvent(new Event('change', { bubbles: true }));
      };
      set('latitude', coords.latitude.toFixed(6));
      set('longitude', coords.longitude.toFixed(6));
      set('accuracy', Math.round(coords.accuracy));
      tell(button, say(`已定位，误差约 ${Math.round(coords.accuracy)} 米`, `Located to about ${Math.round(coords.accuracy)} m`));
    }, error => {
      tell(button, error.code === 1
        ? say('未获得定位许可；请在浏览器设置中允许，或填写地址。', 'Locating is not permitted; allow it in the browser or write the address.')
        : say('没有定位到；请到开阔处再试，或填写地址。', 'No position found; try again outdoors or write the address.'));
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  }

  // ---- The filter that was used last on this list ----
  all('main form.filters[method=get], main form.filter[method=get]').slice(0, 1).forEach(form => {
    const key = 'filter.' + location.pathname;
    const asked = new URLSearchParams(location.search);
    // Where in the list, what was just done, and whose number was looked for are no filter to come back to.
    ['after', 'done', 'mode', 'reporter'].forEach(name => asked.delete(name));
    [...asked].forEach(([name, value]) => { if (!value) asked.delete(name); });
    if ([...asked].length) { store.set(key, asked.toString()); return; }
    const kept = store.get(key);
    if (kept) form.append(' ', make('a', { className: 'btn ghost', href: `${location.pathname}?${kept}`, textContent: say('上次的条件', 'Last filter') }));
  });

  // ---- Undo: the seconds that are left ----
  all('form[data-undo]').forEach(form => {
    const end = Date.now() + form.dataset.undo * 1000;
    const left = form.querySelector('[data-left]');
    const tick = setInterval(() => {
      const seconds = Math.ceil((end - Date.now()) / 1000);
      left.textContent = say(`，还剩 ${Math.max(seconds, 0)} 秒`, `, ${Math.max(seconds, 0)} s left`);
      if (seconds <= 0) { clearInterval(tick); if (!form.dataset.sent) form.remove(); }
    }, 250);
  });

  // ---- Deadlines, by the server's clock: that of a phone may be wrong ----
  const served = document.querySelector('.foot time[datetime]');
  const ahead = served ? Date.parse(served.dateTime) - Date.now() : 0;
  const offset = Math.abs(ahead) > 12e4 ? ahead : 0;
  function span(minutes) {
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes % 1440 / 60), minutes % 60];
    const parts = days ? [[days, say('天', ' d')], [hours, say('小时', ' h')]]
      : [[hours, say('小时', ' h')], [hours < 3 ? rest : 0, say('分', ' min')]];
    const text = parts.filter(([number]) => number).map(([number, unit]) => number + unit).join(isChinese ? '' : ' ');
    return text || say('不到1分', 'under 1 min');
  }
  function refresh() {
    all('[data-due]').forEach(tag => {
      const left = Math.trunc((Date.parse(tag.dataset.due) - Date.now() - offset) / 6e4);
      if (Number.isNaN(left)) return;
      const isLate = Date.parse(tag.dataset.due) < Date.now() + offset;
      const text = isLate ? say('超时 ', '') + span(-left) + say('', ' overdue') : say('剩 ', '') + span(left) + say('', ' left');
      const at = tag.querySelector('span') || [...tag.childNodes].reverse().find(node => node.nodeType === 3 && node.data.trim());
      if (at) at.textContent = text; else tag.append(text);
      if (isLate && tag.matches('.tag')) { tag.classList.remove('ok', 'caution', 'warn'); tag.classList.add('danger'); }
    });
  }
  if (document.querySelector('[data-due]')) setInterval(refresh, 6e4);

  // ---- Walls ----
  const wall = document.querySelector('main[data-wall]');
  async function renew() {
    try {
      const answer = await fetch(wall.dataset.next, { cache: 'no-store' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.querySelector('main[data-wall]');
      // The page of a fault, or of the log-in when the session is over, is not what the wall is for.
      if (!answer.ok || !fresh) throw new Error('no wall');
      const script = 'script[src*="gewu.js"]';
      if (page.querySelector(script).getAttribute('src') !== document.querySelector(script).getAttribute('src')) { location.reload(); return; }
      wall.dataset.next = fresh.dataset.next;
      wall.replaceChildren(...fresh.childNodes);
      wall.classList.remove('stale');
    } catch { wall.classList.add('stale'); }
    setTimeout(renew, wall.dataset.wall * 1000);
  }
  if (wall) setTimeout(renew, wall.dataset.wall * 1000);
})();
