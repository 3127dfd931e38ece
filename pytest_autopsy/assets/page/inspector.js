// The panels of a failure: why, one call, the source, the snapshot.

const PLACES = { shown: 40 }; // suspects of a failure that are listed

function placeLink(failure, file, line) {
  const cut = file.lastIndexOf('/') + 1;
  return el('a', { class: 'place', href: `#${failure}/source/${line}/${encodeURIComponent(file)}` },
    el('span', { class: 'folder' }, breakable(file.slice(0, cut))), `${file.slice(cut)}:${line}`);
}

function field(name, ...content) {
  return [el('dt', null, name), el('dd', null, ...content)];
}

const exceptionText = (error) => (error.message ? `${error.type}: ${error.message}` : error.type);

function whyPanel(failure, about, divergence) {
  const { entry, diagnosis } = failure;
  const facts = diagnosis ? diagnosis.evidence : [];
  const suspects = diagnosis ? diagnosis.suspects : [];
  return [
    entry.exception ? el('pre', { class: 'message' }, exceptionText(entry.exception)) : note('It failed without an exception.'),
    diagnosis ? el('h2', null, el('span', { class: `word ${diagnosis.confidence}` }, diagnosis.confidence), ' ', diagnosis.title) : null,
    entry.why_no_cause ? note(`No suspect: ${entry.why_no_cause}.`) : null,
    facts.length ? el('ol', { class: 'story' }, facts.map((fact) => factLine(fact, entry, about))) : null,
    diagnosis && diagnosis.hint ? el('p', { class: 'hint' }, el('b', null, 'Next '), diagnosis.hint) : null,
    rerun(entry.rerun),
    divergence,
    suspects.length ? suspectList(suspects, entry.id) : null,
    files(about),
  ];
}

function factLine(fact, entry, about) {
  const here = fact.test === entry.nodeid && fact.call !== null && about.trace && about.trace.rowOf(fact.call) >= 0;
  return el('li', { class: fact.role },
    el('span', { class: 'role' }, fact.role),
    el('span', { class: 'fact' }, fact.fact),
    el('span', { class: 'where' }, placeLink(entry.id, fact.file, fact.line), here ? [' ', el('a', { class: 'call', href: `#${entry.id}/${fact.call}` }, `call ${fact.call}`)] : null));
}

function suspectList(suspects, id) {
  const top = Math.max(...suspects.map((one) => one.score)) || 1;
  const shown = suspects.slice(0, PLACES.shown).map((one) => el('li', null,
    el('meter', { min: 0, max: 1, value: Math.max(one.score, 0) / top, title: `score ${one.score.toFixed(2)}` }, one.score.toFixed(2)),
    el('span', { class: 'function' }, one.function),
    one.kind === 'code' ? null : el('span', { class: 'kind' }, one.kind),
    placeLink(id, one.file, one.line),
    el('ul', { class: 'why' }, one.why.map((reason) => el('li', null, reason)))));
  const rest = suspects.length - shown.length;
  return el('section', { class: 'suspects' }, el('h3', null, 'Suspects of this failure'), el('ol', null, shown),
    rest > 0 ? note(`${many(rest, 'suspect')} more in diagnoses/`) : null);
}

// The evidence as files beside the page.
function files(about) {
  const beside = ['trace', 'snapshot', 'diagnosis'].map((name) => about.entry[name]).filter(Boolean)
    .map((path) => path.split('/').slice(-2).join('/'));
  if (about.entry.trace) beside.push(beside[0].replace(/\.jsonl$/, '.txt'));
  if (!beside.length) return null;
  return el('section', { class: 'files' }, el('h3', null, 'Files beside this page'), el('ul', null,
    beside.map((path) => el('li', null, el('a', { href: path.split('/').map(encodeURIComponent).join('/') }, path)))));
}

// -- one call ---------------------------------------------------------------------------------

async function callPanel(about, row) {
  const { trace, entry } = about;
  const [file, name, line] = trace.functions[trace.function[row]];
  const details = await trace.details(row);
  const how = trace.how[row];
  return [
    el('div', { class: 'title' }, el('h2', { class: 'function' }, name), el('span', { class: 'count' }, how === 'mark' ? 'mark' : `call ${trace.id[row]}`)),
    el('p', { class: 'about' }, placeLink(entry.id, file, line), caller(about, row, details), timing(details)),
    how === 'mark' ? null : el('h3', null, 'Arguments'),
    values(details.values, how === 'mark' ? 'no values' : 'none', details.rebound),
    ending(how, details),
    changes(details.changed),
    (details.handled || []).map((one) => el('p', { class: 'handled' }, el('b', null, one.converted ? 'Converted ' : 'Handled '), `${exceptionText({ type: one.exc_type, message: one.exc_value })}, at line ${one.exc_line}`)),
    how === 'mark' ? null : await body(about, file, name, line, details),
  ];
}

function caller(about, row, details) {
  const { trace, entry } = about;
  const above = trace.parent[row];
  if (above < 0) return null;
  const at = details.called_at ? ` at line ${details.called_at}` : '';
  return el('span', null, 'called by ', el('a', { class: 'call', href: `#${entry.id}/${trace.id[above]}` }, `${trace.name(above)}, call ${trace.id[above]}`), at);
}

function timing(details) {
  const told = [];
  if (details.duration_ns) told.push(`${(details.duration_ns / 1e6).toFixed(3)} ms, recording included`);
  if (details.phase && details.phase !== 'call') told.push(`in ${details.phase}`);
  if (details.thread && details.thread !== 'main') told.push(`thread ${details.thread}`);
  if (details.task) told.push(`task ${details.task}`);
  if (details.yields) told.push(many(details.yields, 'yield'));
  return told.length ? el('span', null, told.join(', ')) : null;
}

function values(named, none, rebound = []) {
  const pairs = Object.entries(named || {});
  if (!pairs.length) return note(none);
  return el('dl', { class: 'values' }, pairs.flatMap(([name, value]) => field(name, valueNode(value),
    rebound.includes(name) ? el('span', { class: 'kind' }, 'rebound in the call') : null)));
}

function ending(how, details) {
  if (how === 'mark') return null;
  if (how === 'returned') return [el('h3', null, `Returned at line ${details.line}`), el('div', { class: 'result' }, valueNode(details.value))];
  if (how !== 'raised') return note(`This call ${how === 'unknown' ? "'s end was not seen" : RETURNED[how]}.`);
  const from = details.raised_here === false ? `, from a call at line ${details.exc_line}` : ` at line ${details.exc_line}`;
  return [el('h3', null, `Raised${from}`), el('pre', { class: 'message' }, exceptionText({ type: details.exc_type, message: details.exc_value }))];
}

function changes(changed) {
  const pairs = Object.entries(changed || {});
  if (!pairs.length) return null;
  return [el('h3', null, 'Changed'), el('dl', { class: 'values' }, pairs.flatMap(([name, one]) => field(name,
    el('span', { class: 'kind' }, one.scope),
    el('div', { class: 'before' }, el('span', { class: 'sign' }, 'before '), apart(one.before, one.after)),
    el('div', { class: 'after' }, el('span', { class: 'sign' }, 'after  '), apart(one.after, one.before)))))];
}

// A text with what is not in the other one, between what both begin and end with, marked.
function apart(text, other) {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const middle = text.slice(start, text.length - end);
  return [text.slice(0, start), middle ? el('mark', null, middle) : null, text.slice(text.length - end)];
}

async function body(about, path, name, line, details) {
  const file = await sourceOf(path);
  if (!file) return null;
  const span = file.functions.find(([one, first, at]) => one === name && (first === line || at === line));
  if (!span) return null;
  const scores = scoresOf(about.diagnosis ? about.diagnosis.suspects : []).get(path) || new Map();
  const inside = new Map([...scores].filter(([one]) => one >= span[1] && one <= span[3]));
  return [el('h3', null, 'Source'), listing(file, span[1], span[3], { ran: ranIn(about, path), scores: inside, at: details.exc_line || details.line }), legend()];
}

// -- source -----------------------------------------------------------------------------------

const ranIn = (about, path) => new Set(about.ran[path] || []);

async function sourceOf(path) {
  const number = index.sources[path];
  return number === undefined ? null : part(number);
}

async function sourcePanel(about, path, line) {
  const suspects = about.diagnosis ? about.diagnosis.suspects : [];
  const scores = scoresOf(suspects);
  const paths = [...new Set([...suspects.map((one) => one.file), ...Object.keys(about.ran)])].filter((one) => one in index.sources);
  const chosen = path || (suspects[0] && suspects[0].file) || paths[0];
  if (!chosen) return [note('No source of the project ran in this test as far as is known.')];
  const select = el('select', { 'aria-label': 'File' }, (paths.includes(chosen) ? paths : [chosen, ...paths]).map((one) => el('option', { value: one, selected: one === chosen }, scores.has(one) ? `${one}  (suspected)` : one)));
  select.addEventListener('change', () => go(`${about.entry.id}/source/0/${encodeURIComponent(select.value)}`));
  const file = await sourceOf(chosen);
  const at = line || (path ? 0 : suspects[0] && suspects[0].line);
  return [
    el('div', { class: 'tools' }, select),
    file ? [legend(), listing(file, 1, file.lines.length, { ran: ranIn(about, chosen), scores: scores.get(chosen) || new Map(), at })]
      : note(`${chosen} is not on this page: ${index.sources_left_out ? `${many(index.sources_left_out, 'source file')} did not fit` : 'it could not be read, or nothing points into it'}.`),
    index.sources_left_out ? note(`${many(index.sources_left_out, 'source file')} left out: too large for this page.`) : null,
  ];
}

// -- snapshot ---------------------------------------------------------------------------------

function snapshotPanel(about) {
  const { snapshot, entry } = about;
  if (!snapshot) return [note(`No snapshot was kept for this failure${entry.exception ? '' : ': it had no exception'}.`)];
  const { frames, frames_left_out: leftOut, library_frames: outside } = snapshot;
  const chain = [{ ...snapshot.exception, frames, frames_left_out: leftOut, library_frames: outside }, ...snapshot.chain];
  return [
    snapshot.assertion ? assertionBox(snapshot.assertion) : null,
    snapshot.exception ? chain.map((one, number) => exceptionBox(one, number, entry.id)) : null,
    snapshot.chain_left_out ? note(`${many(snapshot.chain_left_out, 'exception')} of the chain left out`) : null,
    snapshot.why.map((text) => note(text)),
    snapshot.marks.length ? [el('h2', { class: 'small' }, 'Marks'), snapshot.marks.map((mark) => el('div', null, el('p', { class: 'about' }, el('b', null, mark.name), ' ', placeLink(entry.id, mark.file, mark.line)), values(mark.values, 'no values')))] : null,
    snapshot.marks_left_out ? note(`${many(snapshot.marks_left_out, 'mark')} left out`) : null,
    folded('Log records', snapshot.logs.length ? el('pre', null, snapshot.logs.join('\n')) : null),
    folded('Traceback', snapshot.traceback ? el('pre', null, snapshot.traceback) : null),
    folded('Environment', Object.keys(snapshot.env).length ? values(snapshot.env, 'none') : null),
  ];
}

const folded = (title, content) => (content ? el('details', { class: 'more' }, el('summary', null, title), content) : null);

function assertionBox(assertion) {
  const side = (name, source, value) => field(name, source ? el('code', { class: 'expression' }, source) : null, valueNode(value));
  return el('section', { class: 'assertion' },
    el('h2', { class: 'small' }, assertion.helper ? `${assertion.helper} compared` : 'Assertion'),
    el('dl', { class: 'values' },
      side('left', assertion.left_source, assertion.left),
      field('operator', el('code', null, assertion.operator)),
      side('right', assertion.right_source, assertion.right),
      assertion.first_difference ? field('first difference', assertion.first_difference) : null,
      Object.entries(assertion.details || {}).flatMap(([name, value]) => field(name, valueNode(value)))));
}

function exceptionBox(error, number, id) {
  const relation = number ? `${error.relation} of ${error.of ? `exception ${error.of}` : 'what was raised'}` : 'raised';
  const outside = error.library_frames - error.frames.filter((frame) => frame.kind === 'library').length;
  return el('section', { class: 'raised' },
    el('h2', { class: 'small' }, number ? `${number}. ` : '', relation),
    el('pre', { class: 'message' }, exceptionText(error)),
    (error.notes || []).map((text) => el('pre', null, text)),
    (error.why || []).map((text) => note(text)),
    error.frames.map((frame, place) => frameBox(frame, place === 0, id)),
    error.frames_left_out ? note(`${many(error.frames_left_out, 'frame')} of the project left out`) : null,
    outside > 0 ? note(`${many(outside, 'frame')} of libraries not shown`) : null);
}

function frameBox(frame, open, id) {
  const head = [el('span', { class: 'function' }, frame.function), ' ', el('span', { class: 'place' }, `${frame.file}:${frame.line}`), frame.kind === 'code' ? null : el('span', { class: 'kind' }, frame.kind)];
  if (!frame.source) return el('div', { class: 'frame folded' }, head, el('code', null, frame.code));
  return el('details', { class: 'frame', open },
    el('summary', null, head, el('code', { class: 'code' }, marked(frame.code, frame.expression))),
    frame.why ? note(frame.why) : null,
    (frame.operands || []).length ? [el('h3', null, 'In the failing expression'), el('dl', { class: 'values' }, frame.operands.flatMap((one) => field(one.text, valueNode(one.value))))] : null,
    el('h3', null, 'Locals'),
    values(frame.locals, 'no locals'),
    frame.locals_left_out ? note(`${many(frame.locals_left_out, 'local')} left out`) : null,
    listing({ lines: frame.source.snippet.map((one) => one.code), start: frame.source.start }, frame.source.start, frame.source.end, { ran: null, scores: new Map(), at: frame.line }),
    index.sources[frame.file] === undefined ? null : el('p', null, el('a', { href: `#${id}/source/${frame.line}/${encodeURIComponent(frame.file)}` }, 'in the whole file')));
}

// The code with the expression that failed underlined, where it stands in it.
function marked(code, expression) {
  const at = expression ? code.indexOf(expression) : -1;
  if (at < 0) return code;
  return [code.slice(0, at), el('u', null, expression), code.slice(at + expression.length)];
}

