// The page of visits: what was seen at a home becomes one report in the outbox of the phone (outbox.js), with the time at
// which it was seen and the time at which the list was made. A home whose report waits is marked and asks nothing more.
'use strict';
(() => {
  const root = document.getElementById('visits');
  if (!root || !self.gewuOutbox) return;
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const outbox = self.gewuOutbox(root, { told, renew, show });
  const { say } = outbox;
  const said = text => { root.querySelector('[data-day-said]').textContent = text; };
  function told(record, answer) {
    const waiting = (answer.kept || []).length + (answer.conflicts || []).length;
    said(waiting
      ? say(`已登记 ${answer.written} 项，${waiting} 项等待核定，内容都在`, `${answer.written} saved, ${waiting} wait for a decision; all of it is kept`)
      : say(`已登记 ${answer.written} 项`, `${answer.written} saved`));
  }

  // ---- Writing a report
  const ACTS = { '=still': 'still', '=none': 'none', '=declined': 'declined' };
  function answersOf(form) {
    const since = (form.elements.since || {}).value || undefined;
    const data = new FormData(form);
    const answers = [];
    for (const [name, text] of data.entries()) {
      const [sort, subject, element] = name.split('.');
      const value = typeof text === 'string' ? text.trim() : '';
      if (!element || !value || (sort !== 'a' && sort !== 'h')) continue;
      if (sort === 'h' && (data.get('a.' + subject + '.' + element) || '').trim()) continue;
      const act = ACTS[value] || 'now';
      const answer = { subject, element, act };
      if (act === 'now') answer.value = value;
      if ((act === 'now' || act === 'none') && since) answer.since = since;
      answers.push(answer);
    }
    return answers;
  }
  async function write(form, outcome) {
    const home = form.dataset.visit;
    const answers = outcome === 'nobody' ? [] : answersOf(form);
    if (outcome !== 'nobody' && !answers.length) return say('还没有填写；没人时请按“家里没人”', 'Nothing is filled in yet; press “Nobody at home” if so');
    const body = { outcome, seenAt: new Date().toISOString(), knownAt: form.elements.knownAt.value, answers };
    const place = form.closest('details').querySelector('summary span').textContent.trim();
    const what = place + ' · ' + (outcome === 'nobody' ? say('家里没人', 'nobody at home') : say(`${answers.length} 项`, `${answers.length} answers`));
    await outbox.add(`/api/v1/visits/homes/${home}/answers`, outbox.newKey(), body, { what, home });
    form.closest('details').open = false;
    form.reset();
    return say('已记下', 'Noted');
  }
  root.addEventListener('submit', event => {
    const form = event.target;
    if (!form.dataset.visit || !self.indexedDB) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.writing) return;
    form.dataset.writing = 'yes';
    write(form, event.submitter && event.submitter.value === 'nobody' ? 'nobody' : 'met').then(note => {
      said(note);
      return show().then(outbox.drain);
    }).catch(() => {
      said(say('手机存不下，请联网后再提交；内容还在表单里。', 'The phone cannot keep it; send it with a network. What you wrote is still in the form.'));
      if (outbox.canSend()) HTMLFormElement.prototype.submit.call(form);
    }).finally(() => { delete form.dataset.writing; });
  }, true);

  // ---- What the page shows
  const isFilled = field => field.value && field.type !== 'hidden' && !field.closest('[hidden]');
  async function renew() {
    const address = new URL(location.href);
    address.searchParams.delete('done');
    const isWriting = () => all('[data-day-fresh] details[open] form').some(form => [...form.elements].some(isFilled));
    await outbox.renew(address.pathname + address.search, isWriting);
  }
  async function show() {
    const own = await outbox.list(record => record.shown.what || say('走访', 'Visit'));
    all('[data-home]').forEach(card => {
      const isWaiting = own.some(record => record.shown.home === card.dataset.home && record.state !== 'refused');
      const form = card.querySelector('form');
      form.hidden = isWaiting;
      let badge = card.querySelector('summary .mark');
      if (!isWaiting) { if (badge) badge.remove(); return; }
      if (!badge) card.querySelector('summary').append(' ', badge = Object.assign(document.createElement('span'), { className: 'badge warn mark' }));
      badge.textContent = say('已记下', 'noted');
    });
  }

  const manifest = document.querySelector('link[rel=manifest]');
  if (manifest) manifest.href = '/visits/manifest.webmanifest';
  outbox.start('/visits');
})();
