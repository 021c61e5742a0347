// The map beside its list. Without it, or without WebGL, the list is the page.
//   #map[data-style][data-list][data-stream][data-alive][data-bounds][data-at][data-box][data-wall] · [data-map-tools] · #map-list
//   the place stands in the address as at=longitude,latitude,zoom, the chosen part as box=west,south,east,north, a past day as
//   day=2026-11-20, what the map is about as show=…
'use strict';
(() => {
  const place = document.getElementById('map');
  if (!place) return;
  const root = document.documentElement;
  const find = selector => document.querySelector(selector);
  const [tools, list, stale, missing] = ['[data-map-tools]', '#map-list', '[data-map-stale]', '[data-map-missing]'].map(find);
  const hasWebGL = () => {
    try {
      const canvas = document.createElement('canvas');
      return !!(canvas.getContext('webgl2') || canvas.getContext('webgl'));
    } catch { return false; }
  };
  const giveUp = () => {
    missing.hidden = false;
    place.hidden = true;
    for (const part of document.querySelectorAll('.map-legend')) part.hidden = true;
    root.dataset.map = 'none';
  };
  if (!window.maplibregl || !hasWebGL()) return giveUp();

  const isDark = root.dataset.theme === 'dark' || (root.dataset.theme === 'auto' && matchMedia('(prefers-color-scheme:dark)').matches);
  const style = new URL(place.dataset.style, location.href);
  if (isDark) style.searchParams.set('theme', 'dark');
  const numbers = text => (text || '').split(',').map(Number);
  const at = place.dataset.at && numbers(place.dataset.at);
  const bounds = place.dataset.bounds ? numbers(place.dataset.bounds) : [73, 18, 135, 54];
  const isStill = matchMedia('(prefers-reduced-motion:reduce)').matches;
  const letters = parseFloat(getComputedStyle(root).fontSize) / 16;

  let map;
  try {
    map = new maplibregl.Map({
      container: place, style: style.href, attributionControl: false, fadeDuration: 0,
      ...(at ? { center: [at[0], at[1]], zoom: at[2] } : { bounds, fitBoundsOptions: { padding: 40, maxZoom: 14 } }),
      localIdeographFontFamily: '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif',
      locale: { 'NavigationControl.ZoomIn': place.dataset.zoomIn, 'NavigationControl.ZoomOut': place.dataset.zoomOut, 'Map.Title': place.dataset.region },
      canvasContextAttributes: { preserveDrawingBuffer: true }, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    });
  } catch { return giveUp(); }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 * letters }));
  if (place.dataset.wall === undefined) map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
  else map.boxZoom.disable();
  // What is drawn knows nothing of rem: letters grow with those of the page.
  const grown = size => Array.isArray(size) ? size.map((one, n) => n > 2 && n % 2 === 0 ? one * letters : one) : size * letters;
  map.on('style.load', () => {
    if (letters === 1) return;
    for (const layer of map.getStyle().layers) {
      if (layer.type === 'symbol') map.setLayoutProperty(layer.id, 'text-size', grown(layer.layout['text-size']));
      if (layer.type === 'circle') map.setPaintProperty(layer.id, 'circle-radius', grown(layer.paint['circle-radius']));
    }
  });
  map.once('idle', () => { root.dataset.map = 'ready'; });
  if (tools) tools.hidden = false;

  // The list beside it.
  let box = place.dataset.box || '', follows = false, asked;
  const say = text => { const output = tools && tools.querySelector('output'); if (output) output.textContent = text; };
  let day = place.dataset.day || '';
  const about = place.dataset.about;
  const own = about ? [about, `${about}-bare`, `${about}-filled`] : [];
  const address = path => {
    const query = new URLSearchParams(location.search);
    for (const name of ['at', 'box', 'day']) query.delete(name);
    if (day) query.set('day', day);
    const centre = map.getCenter();
    if (path === location.pathname) query.set('at', [centre.lng.toFixed(5), centre.lat.toFixed(5), map.getZoom().toFixed(2)].join(','));
    if (box) query.set('box', box);
    return query.size || [...query].length ? `${path}?${query}` : path;
  };
  const keepAddress = () => history.replaceState(history.state, '', address(location.pathname));
  async function renew() {
    if (!list) return;
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(address(place.dataset.list), { signal: asked.signal, headers: { Accept: 'text/html' } });
      if (!answer.ok) throw new Error(answer.status);
      list.innerHTML = await answer.text();
      for (const button of list.querySelectorAll('[data-copy]')) button.hidden = false;
    } catch (error) { if (error.name !== 'AbortError') stale.hidden = false; }
  }
  const corners = one => [one.getWest(), one.getSouth(), one.getEast(), one.getNorth()].map(number => number.toFixed(5)).join(',');
  let later;
  map.on('moveend', () => {
    if (follows) box = corners(map.getBounds());
    keepAddress();
    if (!follows) return;
    clearTimeout(later);
    later = setTimeout(renew, 250);
  });
  if (list) {
    const light = event => {
      const link = event.target.closest('tr')?.querySelector('[data-feature]');
      if (map.getLayer('matters-chosen')) map.setFilter('matters-chosen', ['==', ['get', 'id'], link ? link.dataset.feature : '']);
    };
    list.addEventListener('mouseover', light);
    list.addEventListener('focusin', light);
  }

  // What was pressed on the map is lit in the list, and says what it is.
  const popup = (lngLat, content) => new maplibregl.Popup({ maxWidth: '18rem' }).setLngLat(lngLat).setDOMContent(content).addTo(map);
  // Who lives at a place, for whoever may know: a page of its own.
  const homes = find('[data-homes]');
  const near = ({ lng, lat }) => `${homes.dataset.homes}${lng.toFixed(5)},${lat.toFixed(5)}`;
  const middle = () => {
    homes.hidden = map.getZoom() < 14;
    homes.href = near(map.getCenter());
  };
  if (homes) { middle(); map.on('moveend', middle); }
  const described = (title, href, lines) => {
    const content = document.createElement('div');
    const head = document.createElement(href ? 'a' : 'strong');
    if (href) head.href = href;
    head.textContent = title;
    content.append(head, ...lines.filter(Boolean).map(line => Object.assign(document.createElement('p'), { textContent: line })));
    return content;
  };
  map.on('click', event => {
    if (tool) return;
    const found = map.queryRenderedFeatures(event.point, { layers: [...own, 'matters', 'matters-changed', 'matters-gathered', 'areas', 'landmarks', ...(homes ? ['buildings', 'buildings-places'] : [])].filter(id => map.getLayer(id)) })[0];
    if (!found) return;
    if (found.source === about) return void tell(found, event.lngLat);
    const { id, number, name, kind, count, open, overdue } = found.properties;
    if (found.layer.id === 'matters-gathered') return void map.easeTo({ center: found.geometry.coordinates, zoom: map.getZoom() + 2, animate: !isStill });
    if (found.layer.id.startsWith('matters')) {
      const row = list?.querySelector(`[data-feature="${CSS.escape(id)}"]`)?.closest('tr');
      row?.scrollIntoView({ block: 'nearest' });
      return void popup(found.geometry.coordinates, described(number, `/cases/${id}`, [row?.cells[1]?.textContent, row?.cells[3]?.textContent]));
    }
    if (found.layer.id === 'areas') return void popup(found.geometry.coordinates, described(name, `/places/${id}`, [open === undefined ? '' : `${open} / ${overdue}`]));
    if (found.source === 'buildings') return void popup(event.lngLat, described(place.dataset.residents, near(event.lngLat), [name]));
    popup(found.geometry.coordinates, described(name, '', [kind]));
  });
  // What a theme says of it: its own line of the list where it has one.
  function tell({ properties: { id, name, figure, count } }, lngLat) {
    const link = list?.querySelector(`[data-feature="${CSS.escape(id)}"]`);
    const row = link?.closest('tr');
    row?.scrollIntoView({ block: 'nearest' });
    const lines = row && count === 1 ? [...row.cells].slice(1).map(cell => `${cell.dataset.label}: ${cell.textContent}`) : [figure || String(count)];
    popup(lngLat, described(row && count === 1 ? link.textContent : name || String(count), count === 1 ? link?.getAttribute('href') : '', lines));
  }
  for (const id of [...own, 'matters', 'matters-gathered', 'areas', 'landmarks']) {
    map.on('mouseenter', id, () => { if (!tool) map.getCanvas().style.cursor = 'pointer'; });
    map.on('mouseleave', id, () => { if (!tool) map.getCanvas().style.cursor = ''; });
  }

  // A tile that cannot hold all there is says so; then the page does.
  const shortened = find('[data-map-shortened]');
  map.on('idle', () => {
    const isShort = name => map.getSource(name)?.type === 'vector' && map.querySourceFeatures(name, { sourceLayer: 'shortened' }).length > 0;
    shortened.hidden = !Object.keys(map.getStyle().sources).some(isShort);
  });

  // Tools: choose a part, measure, print, layers.
  let tool = '', corner, way = [];
  const take = name => {
    tool = tool === name ? '' : name;
    for (const button of tools.querySelectorAll('[data-tool=box],[data-tool=measure]')) button.setAttribute('aria-pressed', button.dataset.tool === tool);
    map.getCanvas().style.cursor = tool ? 'crosshair' : '';
    map.dragPan[tool === 'box' ? 'disable' : 'enable']();
    map.doubleClickZoom[tool === 'measure' ? 'disable' : 'enable']();
    const output = tools.querySelector('output');
    output.textContent = tool === 'box' ? output.dataset.hintBox : tool === 'measure' ? output.dataset.hintMeasure : '';
    if (tool === 'measure') { way = []; draw('line', []); }
  };
  const draw = (kind, points) => {
    const data = { type: 'Feature', properties: {}, geometry: kind === 'line'
      ? { type: 'LineString', coordinates: points.length > 1 ? points : [] } : { type: 'Polygon', coordinates: points.length ? [points] : [] } };
    const id = `drawn-${kind}`;
    if (map.getSource(id)) return map.getSource(id).setData(data);
    map.addSource(id, { type: 'geojson', data });
    map.addLayer({ id, type: 'line', source: id, paint: { 'line-color': isDark ? '#FFE27A' : '#665000', 'line-width': 3 } });
  };
  const around = (one, two) => [[one.lng, one.lat], [two.lng, one.lat], [two.lng, two.lat], [one.lng, two.lat], [one.lng, one.lat]];
  const showBox = () => {
    const [west, south, east, north] = numbers(box);
    draw('box', box && !follows ? around({ lng: west, lat: south }, { lng: east, lat: north }) : []);
  };
  map.on('load', showBox);
  map.on('mousedown', event => { if (tool === 'box') { event.preventDefault(); corner = event.lngLat; } });
  map.on('touchstart', event => { if (tool === 'box' && event.points.length === 1) { event.preventDefault(); corner = event.lngLat; } });
  const stretch = event => { if (corner) draw('box', around(corner, event.lngLat)); };
  const release = event => {
    if (!corner) return;
    const [one, two] = [corner, event.lngLat];
    corner = undefined;
    box = [Math.min(one.lng, two.lng), Math.min(one.lat, two.lat), Math.max(one.lng, two.lng), Math.max(one.lat, two.lat)].map(number => number.toFixed(5)).join(',');
    follows = false;
    find('[data-tool=view]').setAttribute('aria-pressed', false);
    take('box');
    keepAddress();
    renew();
  };
  map.on('mousemove', stretch);
  map.on('touchmove', stretch);
  map.on('mouseup', release);
  map.on('touchend', release);
  map.on('click', event => {
    if (tool !== 'measure') return;
    way.push(event.lngLat);
    draw('line', way.map(point => [point.lng, point.lat]));
    let metres = 0;
    for (let n = 1; n < way.length; n += 1) metres += way[n - 1].distanceTo(way[n]);
    say(metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(2)} km`);
  });
  map.on('dblclick', event => {
    if (tool !== 'measure') return;
    event.preventDefault();
    const said = tools.querySelector('output').textContent;
    const kept = way;
    take('measure');
    draw('line', kept.map(point => [point.lng, point.lat]));
    say(said);
  });
  tools?.addEventListener('click', event => {
    const name = event.target.closest('[data-tool]')?.dataset.tool;
    if (name === 'box' || name === 'measure') take(name);
    if (name === 'print') print();
    if (name === 'view') {
      follows = !follows;
      event.target.closest('[data-tool]').setAttribute('aria-pressed', follows);
      box = follows ? corners(map.getBounds()) : '';
      showBox();
      keepAddress();
      renew();
    }
  });
  tools?.addEventListener('change', event => {
    const name = event.target.dataset.layer;
    if (!name) return;
    for (const layer of map.getStyle().layers) {
      if (layer.id === name || layer.id.startsWith(`${name}-`)) map.setLayoutProperty(layer.id, 'visibility', event.target.checked ? 'visible' : 'none');
    }
  });
  addEventListener('keydown', event => { if (event.key === 'Escape' && tool) take(tool); });

  // What changes: the feature of the tile steps back, and what it is now is drawn from here.
  const changed = new Map();
  let heard = performance.now(), source, reload;
  const hear = () => { heard = performance.now(); if (stale) stale.hidden = true; root.dataset.mapHeard = Number(root.dataset.mapHeard || 0) + 1; };
  const redraw = () => map.getSource('changes')?.setData({ type: 'FeatureCollection', features: [...changed.values()].filter(Boolean) });
  const nameOf = feature => map.querySourceFeatures('areas', { sourceLayer: 'areas', filter: ['==', ['id'], feature] })[0];
  function apply(change) {
    if (!map.getSource(change.layer)) return;
    const key = `${change.layer}/${change.feature}`;
    if (change.layer === 'areas') {
      const known = changed.get(key) || nameOf(change.feature);
      if (!known) return;
      changed.set(key, { type: 'Feature', geometry: known.geometry, properties: { ...known.properties, layer: 'areas', open: change.open, overdue: change.overdue } });
    } else {
      const { due, ...rest } = change;
      changed.set(key, change.isOpen && { type: 'Feature', geometry: { type: 'Point', coordinates: [change.longitude, change.latitude] },
        properties: due === null ? rest : { ...rest, due } });
      // Gathered matters are counted by the server: their tiles are asked for again, a moment later and all at once.
      if (map.getZoom() < 14) reload ||= setTimeout(() => { reload = 0; refresh(['matters']); }, 2000);
    }
    map.setFeatureState({ source: change.layer, sourceLayer: change.layer, id: change.feature }, { changed: true });
  }
  // A source asks for its tiles again; each comes back as unchanged where it is.
  function refresh(names) {
    for (const [key] of changed) if (names.some(name => key.startsWith(`${name}/`))) changed.delete(key);
    redraw();
    for (const name of names) {
      const tiles = map.getSource(name);
      if (!tiles) continue;
      map.removeFeatureState({ source: name, sourceLayer: name });
      tiles.setTiles(tiles.tiles);
    }
  }
  let begun = false, recorded, renewing;
  // A theme is asked for anew when anything was recorded: its tiles come back as unchanged where they are.
  function renewTheme(at) {
    if (!about || at === recorded) return;
    const isFirst = recorded === undefined;
    recorded = at;
    if (isFirst) return;
    clearTimeout(renewing);
    renewing = setTimeout(() => { refresh([about]); renew(); }, 1000);
  }
  function open() {
    if (source || day) return;
    source = new EventSource(place.dataset.stream);
    source.addEventListener('anew', event => { hear(); if (begun) refresh(['matters', 'areas']); begun = true; renewTheme(JSON.parse(event.data).at); });
    source.addEventListener('alive', event => { hear(); renewTheme(JSON.parse(event.data).at); });
    source.addEventListener('changes', event => {
      const { at, changes } = JSON.parse(event.data);
      for (const change of changes) apply(change);
      renewTheme(at);
      redraw();
      hear();
      clearTimeout(later);
      later = setTimeout(renew, 500);
    });
    source.addEventListener('error', () => { if (source?.readyState === EventSource.CLOSED) { close(); setTimeout(open, 30_000); } });
  }
  function close() { source?.close(); source = undefined; }
  map.once('load', open);
  // The past does not change: a map of it is never stale.
  setInterval(() => { if (!day && performance.now() - heard > place.dataset.alive * 3000 && stale) stale.hidden = false; }, 1000);
  addEventListener('pagehide', close);
  addEventListener('pageshow', event => { if (event.persisted) open(); });

  // Another day: the same map, its tiles asked for as of then.
  const time = find('[data-map-time]');
  const slider = time?.querySelector('[type=range]');
  function show(chosen) {
    day = chosen;
    keepAddress();
    time.querySelector('[name=day]').value = chosen || time.querySelector('[name=day]').max;
    const changing = [about, 'matters', 'areas', 'outlines'].filter(name => name && map.getSource(name));
    for (const name of changing) {
      const tiles = map.getSource(name);
      tiles.tiles = tiles.tiles.map(tile => {
        const url = tile.replace(/[?&]day=[^&]*/, '');
        return chosen ? `${url}${url.includes('?') ? '&' : '?'}day=${chosen}` : url;
      });
    }
    refresh(changing);
    renew();
    lead(chosen);
    if (chosen) close(); else { heard = performance.now(); open(); }
    colourAt(chosen ? Date.parse(chosen) / 1000 + (24 - 8) * 3600 : Math.floor(Date.now() / 1000));
    root.dataset.mapDay = chosen || 'now';
  }
  // Whatever leads on from here leads to the same day.
  const dated = (link, to) => {
    const url = new URL(link.href);
    if (to) url.searchParams.set('day', to); else url.searchParams.delete('day');
    link.href = url.pathname + url.search;
  };
  const dayAt = place => place >= Number(slider.max) ? '' : new Date(Date.parse(slider.dataset.first) + place * 86_400_000).toISOString().slice(0, 10);
  function lead(chosen) {
    for (const link of document.querySelectorAll('main nav.tabs a')) dated(link, chosen);
    for (const link of time.querySelectorAll('[data-step]')) {
      const to = Number(slider.value) + Number(link.dataset.step);
      dated(link, link.dataset.step ? dayAt(to) : '');
      link.hidden = link.dataset.step === '-1' ? to < 0 : !chosen;
    }
    for (const form of document.querySelectorAll('main form.filters:not([data-map-time])')) {
      let field = form.querySelector('[name=day]');
      if (!field) form.append(field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'day' }));
      field.value = chosen;
      field.disabled = !chosen;
    }
  }
  if (slider) {
    time.querySelector('[data-map-slider]').hidden = false;
    const chosenDay = () => dayAt(Number(slider.value));
    let waiting;
    slider.addEventListener('input', () => {
      slider.setAttribute('aria-valuetext', chosenDay() || slider.dataset.now);
      say(chosenDay() || slider.dataset.now);
      clearTimeout(waiting);
      waiting = setTimeout(() => show(chosenDay()), 300);
    });
  }
  // What is due becomes overdue while the map stands open; on a past day, what was due when it ended in Beijing.
  function colourAt(seconds) {
    for (const id of ['matters', 'matters-changed']) {
      const colour = map.getLayer(id) && map.getPaintProperty(id, 'circle-color');
      if (!Array.isArray(colour)) continue;
      colour[3][2] = seconds;
      colour[5][2] = seconds + 86_400;
      map.setPaintProperty(id, 'circle-color', colour);
    }
  }
  setInterval(() => { if (!day) colourAt(Math.floor(Date.now() / 1000)); }, 60_000);
})();
