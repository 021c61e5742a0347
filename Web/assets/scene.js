// The page on the spot: every form of #scene becomes a report in the outbox of the phone (outbox.js), with the time at
// which it happened. Numbers of hand-overs are asked for while there is a network, so that two people without one can tell
// each other the number. What contradicts what stands lies before the commander, beside what stands.
'use strict';
(() => {
  const root = document.getElementById('scene');
  if (!root || !self.gewuOutbox) return;
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const outbox = self.gewuOutbox(root, { told, renew, show });
  const { say } = outbox;
  const NUMBERS_AT_ONCE = 3;
  const said = text => { root.querySelector('[data-day-said]').textContent = text; };
  function told(record, answer) {
    said(answer.outcome === 'queued' || answer.outcome === 'kept'
      ? say('已收到，与现有记录矛盾，两份都已保留，待指挥人员核定：', 'Received; it contradicts what stands, both are kept until the commander decides: ') + (answer.because || answer.detail || '')
      : answer.handOver ? say('已收到，交接编号 ', 'Received, number ') + answer.handOver.slip : say('已收到', 'Received'));
  }

  // ---- Numbers kept for hand-overs without a network
  const shelf = event => 'gewu.slips.' + outbox.owner + '.' + event;
  const kept = event => { try { return JSON.parse(localStorage.getItem(shelf(event)) || '[]'); } catch { return []; } };
  const keep = (event, numbers) => { try { localStorage.setItem(shelf(event), JSON.stringify(numbers)); } catch { /* Then the platform gives the number. */ } };
  async function fetchNumbers() {
    if (!outbox.canSend()) return;
    for (const section of all('[data-slips]')) {
      const event = section.dataset.slips;
      if (kept(event).length) continue;
      try {
        const answer = await fetch(`/api/v1/emergencies/${event}/slips`, {
          method: 'POST', body: JSON.stringify({ count: NUMBERS_AT_ONCE }),
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': outbox.newKey(), 'X-Form-Token': outbox.token() || '' },
        });
        if (!answer.ok) continue;
        const { first, last } = await answer.json();
        keep(event, Array.from({ length: last - first + 1 }, (_, index) => first + index));
      } catch { return; }
    }
  }

  // ---- Writing a report
  async function write(form) {
    const body = { ...JSON.parse(form.dataset.add || '{}'), happenedAt: new Date().toISOString() };
    for (const field of form.elements) {
      const value = (field.value || '').trim();
      if (!field.name || field.name.startsWith('_') || field.hasAttribute('data-page-only') || field.type === 'submit' || !value) continue;
      body[field.name] = field.hasAttribute('data-number') ? Number(value) : value;
    }
    let what = form.dataset.what;
    let note = say('已记下', 'Noted');
    if (body.kind === 'send') {
      const event = form.closest('[data-event]').dataset.event;
      const numbers = kept(event);
      if (numbers.length) {
        body.slip = numbers.shift();
        keep(event, numbers);
        what += say(` 第 ${body.slip} 号`, ` number ${body.slip}`);
        note = say(`已记下，交接编号 ${body.slip}，请告诉对方`, `Noted; its number is ${body.slip}: tell the other side`);
      }
    } else if (body.slip) what += say(` 第 ${body.slip} 号`, ` number ${body.slip}`);
    await outbox.add(form.dataset.send, outbox.newKey(), body, { what });
    return note;
  }
  root.addEventListener('submit', event => {
    const form = event.target;
    if (!form.dataset.send || !self.indexedDB) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.writing) return;
    form.dataset.writing = 'yes';
    write(form).then(note => {
      form.reset();
      const box = form.closest('details');
      if (box) box.open = false;
      said(note);
      return show().then(outbox.drain);
    }).catch(() => {
      said(say('手机存不下，请联网后再提交；内容还在表单里。', 'The phone cannot keep it; send it with a network. What you wrote is still in the form.'));
      if (outbox.canSend()) HTMLFormElement.prototype.submit.call(form);
    }).finally(() => { delete form.dataset.writing; });
  }, true);

  // ---- What the page shows
  async function renew() {
    await outbox.renew('/scene', () => all('[data-day-fresh] details[open]').length > 0);
    await fetchNumbers();
  }
  async function show() { await outbox.list(record => record.shown.what || say('记录', 'Entry')); }

  const manifest = document.querySelector('link[rel=manifest]');
  if (manifest) manifest.href = '/scene/manifest.webmanifest';
  outbox.start('/scene').then(fetchNumbers);
})();
