// The page: what the address names is shown. #f-1/17 is a call, #f-1/source/42/file a line.

const index = JSON.parse(byId('index').textContent);
const TABS = ['why', 'calls', 'call', 'source', 'snapshot'];
const FOUND = 50; // failures that a search lists
const numberOf = new Map(index.failures.map((failure, number) => [failure.id, number]));
const state = { failure: null, about: null, tab: 'why', path: '', line: 0, drawn: new Set(), turn: 0 };
const wide = matchMedia('(min-width: 60rem)');
const tree = new Tree(byId('tree'), byId('rows'), selected);

function go(address, replace = false) {
  const target = `#${address}`;
  if (target === location.hash) return;
  if (replace) history.replaceState(null, '', target);
  else location.hash = target;
}

async function route() {
  const [id, what, ...rest] = location.hash.slice(1).split('/');
  const number = numberOf.get(id);
  byId('overview').hidden = number !== undefined;
  byId('failure').hidden = number === undefined;
  if (number === undefined) {
    state.failure = null;
    document.title = byId('overview').querySelector('h1').textContent;
    const target = id && byId(id);
    if (target) target.scrollIntoView();
    return;
  }
  if (state.failure !== id) await open(id, number);
  if (state.failure !== id) return; // somebody went on while it was unpacked
  if (/^\d+$/.test(what || '')) openCall(Number(what));
  else if (what === 'source') openSource(unquoted(rest.slice(1).join('/')), Number(rest[0]) || 0);
  else showTab(TABS.includes(what) ? what : 'why');
}

function unquoted(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function open(id, number) {
  const failure = index.failures[number];
  state.failure = id;
  state.about = null;
  state.drawn.clear();
  heading(failure, number);
  TABS.filter((tab) => tab !== 'calls').forEach((tab) => byId(tab).replaceChildren());
  tree.trace = null;
  byId('rows').replaceChildren();
  byId('search').value = '';
  byId('matches').textContent = '';
  scrollTo(0, 0);
  byId('name').focus({ preventScroll: true });
  const about = await loaded(failure);
  if (state.failure !== id) return;
  state.about = about;
  byId('calls').classList.toggle('empty', !about.trace);
  byId('omitted').replaceChildren(...omissions(failure, about));
  if (about.trace) tree.show(about.trace, rolesOf(about));
}

async function loaded(failure) {
  if (failure.part === undefined) return { entry: failure, ran: {}, missing: failure.left_out };
  try {
    const whole = await part(failure.part);
    const about = { ...whole, trace: null };
    if (failure.trace !== undefined) about.trace = new Trace(await part(failure.trace), failure.blocks);
    return about;
  } catch (error) {
    return { entry: failure, ran: {}, missing: `this browser could not unpack it (${error.message}); the same lies beside this file, in traces/ and snapshots/` };
  }
}

function heading(failure, number) {
  const parts = failure.nodeid.split('::');
  document.title = plain(failure.nodeid);
  byId('name').replaceChildren(el('span', { class: 'folder' }, breakable(`${parts.slice(0, -1).join('::')}${parts.length > 1 ? '::' : ''}`)), plain(parts.at(-1)));
  byId('raised').replaceChildren(failure.exception ? plain(exceptionText(failure.exception).split('\n', 1)[0]) : 'no exception', failure.phase === 'call' ? '' : el('span', { class: 'kind' }, `in ${failure.phase}`));
  const cause = index.causes[failure.root_cause];
  byId('cause').replaceChildren(...(cause ? ['Cause: ', el('a', { href: `#${failure.root_cause}` }, cause[0])] : []));
  byId('position').textContent = `failure ${number + 1} of ${index.failures.length}`;
  beside('previous', number - 1);
  beside('next', number + 1);
}

function beside(name, number) {
  const failure = index.failures[number];
  if (failure) byId(name).setAttribute('href', `#${failure.id}`);
  else byId(name).removeAttribute('href');
}

function rolesOf({ trace, diagnosis, entry }) {
  const roles = new Map();
  for (const fact of diagnosis ? diagnosis.evidence : []) {
    const row = fact.call === null || fact.test !== entry.nodeid ? -1 : trace.rowOf(fact.call);
    if (row >= 0 && roles.get(row) !== 'culprit') roles.set(row, fact.role);
  }
  return roles;
}

// Every cut of this failure's calls: how much, and where it is.
function omissions(failure, { entry, trace, missing }) {
  if (missing) return [note(`Left out: ${missing}`)];
  if (failure.trace_left_out) {
    const [file, size] = failure.trace_left_out;
    return [note(`The calls (${(size / 1e6).toFixed(1)} MB) are not on this page: `, el('a', { href: file }, file))];
  }
  if (!trace) return [note(`No calls were kept for this failure${entry.why_no_cause ? `: ${entry.why_no_cause}` : ''}.`)];
  const dropped = trace.dropped.map(([name, count, more]) => `${name} ${more ? 'at least ' : ''}${count.toLocaleString('en')}`);
  return [
    note(`${trace.id.filter((id) => id !== null).length.toLocaleString('en')} of ${many(trace.seen, 'call')} kept`,
      dropped.length ? `; left out while recording: ${dropped.slice(0, 8).join(', ')}` : '',
      dropped.length > 8 ? ` and ${dropped.length - 8} functions more, at the end of ${failure.trace_file}` : ''),
    trace.unreadable ? note(`${many(trace.unreadable, 'line')} of ${failure.trace_file} could not be read`) : '',
  ].filter(Boolean);
}

// -- tabs -------------------------------------------------------------------------------------

function showTab(wanted) {
  const tab = wanted === 'calls' && wide.matches ? 'why' : wanted;
  state.tab = tab;
  byId('failure').dataset.tab = tab;
  for (const name of TABS) {
    const chosen = name === tab;
    byId(`tab-${name}`).setAttribute('aria-selected', String(chosen));
    byId(`tab-${name}`).tabIndex = chosen ? 0 : -1;
  }
  if (tab === 'calls') tree.draw();
  else fill(tab);
}

// Fill a panel, unless it shows this already.
async function fill(tab) {
  const { about } = state;
  if (!about || state.drawn.has(tab)) return;
  state.turn += 1;
  const { turn } = state;
  let content;
  if (about.missing) content = [note(`Left out: ${about.missing}`)];
  else if (tab === 'why') content = whyPanel(about, about, await divergenceSection(about));
  else if (tab === 'snapshot') content = snapshotPanel(about);
  else if (tab === 'source') content = await sourcePanel(about, state.path, state.line);
  else content = about.trace && tree.selected >= 0 ? await callPanel(about, tree.selected) : [note('Choose a call to see its arguments, result and source.')];
  if (turn !== state.turn) return;
  state.drawn.add(tab);
  const panel = byId(tab);
  panel.replaceChildren(...content.flat(Infinity).filter(Boolean));
  const at = tab === 'source' && panel.querySelector('.at');
  panel.scrollTop = 0;
  if (at) at.scrollIntoView({ block: 'center' });
}

function openCall(call) {
  const { about } = state;
  const row = about && about.trace ? about.trace.rowOf(call) : -1;
  if (row < 0) {
    showTab('calls');
    if (about && about.trace) byId('matches').textContent = `no call ${call} in what was kept`;
    return;
  }
  if (tree.selected !== row) tree.select(row, false);
  state.drawn.delete('call');
  showTab('call');
}

function openSource(path, line) {
  state.path = path;
  state.line = line;
  state.drawn.delete('source');
  showTab('source');
}

// A call was selected in the tree; on a narrow screen its panel opens only when it is asked for.
function selected(row, read) {
  const id = state.about.trace.id[row];
  state.drawn.delete('call');
  if (id !== null) go(wide.matches || read ? `${state.failure}/${id}` : `${state.failure}/calls`, !read);
  if (wide.matches || read) showTab('call');
}

// -- keys, clicks, search ---------------------------------------------------------------------

const KEYS = {
  ArrowDown: () => tree.move(1),
  ArrowUp: () => tree.move(-1),
  PageDown: () => tree.move(Math.floor(tree.box.clientHeight / ROW)),
  PageUp: () => tree.move(-Math.floor(tree.box.clientHeight / ROW)),
  Home: () => tree.move(-tree.shown.length),
  End: () => tree.move(tree.shown.length),
  ArrowLeft: () => tree.left(),
  ArrowRight: () => tree.right(),
  Enter: () => { if (tree.selected >= 0) { tree.select(tree.selected, true); byId('call').focus(); } },
  e: () => tree.next((row) => tree.trace.how[row] === 'raised'),
  c: () => tree.next((row) => tree.roles.has(row)),
  '/': () => byId('search').focus(),
  n: () => byId('next').click(),
  p: () => byId('previous').click(),
};

byId('tree').addEventListener('keydown', (event) => {
  const action = KEYS[event.key];
  if (!action || !tree.trace || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});

byId('tabs').addEventListener('click', (event) => {
  const name = event.target.id.slice('tab-'.length);
  if (!TABS.includes(name)) return;
  const call = name === 'call' && state.about && state.about.trace && tree.selected >= 0 ? state.about.trace.id[tree.selected] : null;
  go(`${state.failure}/${call === null ? name : call}`, true);
  showTab(name);
});

byId('tabs').addEventListener('keydown', (event) => {
  const shown = TABS.filter((name) => byId(`tab-${name}`).offsetParent);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = byId(`tab-${shown[(shown.indexOf(state.tab) + step + shown.length) % shown.length]}`);
  next.click();
  next.focus();
});

let typing = 0;
byId('search').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (!tree.trace) return;
    const count = tree.search(byId('search').value);
    byId('matches').textContent = byId('search').value.trim() ? `${count.toLocaleString('en')} found` : '';
  }, 120);
});

byId('search').addEventListener('keydown', (event) => {
  if (event.key === 'Escape') byId('tree').focus();
  if (event.key !== 'Enter' || !tree.trace) return;
  clearTimeout(typing);
  const count = tree.search(byId('search').value);
  const at = tree.goFound(event.shiftKey ? -1 : 1);
  byId('matches').textContent = `${at.toLocaleString('en')} of ${count.toLocaleString('en')}`;
});

byId('fold').addEventListener('click', () => { if (tree.trace) tree.foldAll(false); });
byId('unfold').addEventListener('click', () => { if (tree.trace) tree.foldAll(true); });

byId('find-text').addEventListener('input', () => {
  const wanted = byId('find-text').value.trim().toLowerCase();
  const found = wanted ? index.failures.filter((one) => `${one.nodeid} ${one.exception ? exceptionText(one.exception) : ''}`.toLowerCase().includes(wanted)) : [];
  byId('find-count').textContent = wanted ? `${many(found.length, 'failure')}${found.length > FOUND ? `, the first ${FOUND} shown` : ''}` : '';
  byId('found').replaceChildren(...found.slice(0, FOUND).map((one) => el('li', null,
    el('a', { href: `#${one.id}` }, one.nodeid),
    one.exception ? el('span', { class: 'exception' }, exceptionText(one.exception).split('\n', 1)[0]) : null)));
});

addEventListener('hashchange', route);
addEventListener('beforeprint', () => document.querySelectorAll('#overview details').forEach((one) => { one.open = true; }));
wide.addEventListener('change', () => { if (state.failure) showTab(state.tab); });
document.documentElement.classList.add('scripts');
document.querySelectorAll('#overview .rerun').forEach((one) => one.append(copyButton(one.textContent)));
byId('find').hidden = index.failures.length < 2;
route();
