// First divergence: the failing test's way beside that of a test that passed.

const BESIDE = { 'last pass': 'its last pass', sibling: 'a sibling that passed', nearest: 'the nearest test that passed' };
const AROUND = 3; // lines of source before and after those that differ

async function divergenceSection(about) {
  const found = about.diagnosis && about.diagnosis.divergence;
  if (!found) return null;
  const sources = await Promise.all(found.lines.map((one) => sourceOf(one.file)));
  return el('section', { class: 'divergence' },
    el('h3', null, 'Beside a passing test'),
    el('p', { class: 'fact' }, found.fact),
    ways(found, about.entry.id),
    found.lines.map((one, place) => otherLines(one, sources[place], about)));
}

function ways(found, id) {
  const rows = found.rows.map((row) => {
    const apart = !row.failing || !row.passing || row.failing.file !== row.passing.file || row.failing.function !== row.passing.function;
    return el('tr', { class: apart ? 'apart' : null },
      el('td', { class: 'sign' }, apart ? '≠' : '='),
      [row.failing, row.passing].map((one) => el('td', null, one ? step(one, id) : el('span', { class: 'note' }, 'not here'))));
  });
  const before = found.start ? el('tr', null, el('td', { class: 'sign' }, '='), el('td', { colspan: 2, class: 'note' }, `${many(found.start, 'function')} before, in the same order`)) : null;
  const other = [BESIDE[found.reference], found.reference === 'last pass' ? null : el('span', { class: 'test' }, breakable(found.test))];
  return el('table', null,
    el('caption', null, 'Functions in the order of their first calls'),
    el('thead', null, el('tr', null, el('th', { scope: 'col' }, el('span', { class: 'unseen' }, 'alike')), el('th', { scope: 'col' }, 'this test'), el('th', { scope: 'col' }, other))),
    el('tbody', null, before, rows));
}

function step(one, id) {
  const link = placeLink(id, one.file, one.line);
  link.title = `${one.file}:${one.line}`;
  link.replaceChildren(`${one.file.split('/').at(-1)}:${one.line}`); // two ways have to stand beside each other
  return [el('span', { class: 'function' }, one.function.replace(/^.*<locals>\./, '')), ' ', link];
}

// The source around lines that only one of the two ran: which of them did is said on each.
function otherLines(parted, file, about) {
  const title = el('h4', null, 'Lines of ', el('span', { class: 'function' }, parted.function), ' ', placeLink(about.entry.id, parted.file, parted.failing[0] || parted.passing[0]));
  if (!file) return [title, note(`only this test ran ${parted.failing.join(', ') || 'none'}; only the other ${parted.passing.join(', ') || 'none'}`)];
  const differing = [...parted.failing, ...parted.passing];
  const first = Math.max(Math.min(parted.after || Infinity, ...differing) - AROUND, 1);
  const last = Math.min(Math.max(...differing) + AROUND, file.lines.length);
  const here = new Set(parted.failing);
  const there = new Set(parted.passing);
  const ran = ranIn(about, parted.file);
  const lines = coloured(file.lines.slice(first - 1, last));
  return [title, el('div', { class: 'listing', role: 'group', tabindex: 0, 'aria-label': `Lines ${first} to ${last}` }, lines.map((nodes, place) => {
    const number = first + place;
    const word = here.has(number) ? 'only this test' : there.has(number) ? 'only the other' : '';
    return el('div', { class: ['line', word && (here.has(number) ? 'here' : 'there'), !word && !ran.has(number) ? 'idle' : ''].filter(Boolean).join(' '), 'data-line': number },
      el('span', { class: 'gutter' }, `${ran.has(number) ? '•' : ' '}${String(number).padStart(5)}`),
      el('code', null, nodes.length ? nodes : ' '),
      word ? el('span', { class: 'score' }, word) : null);
  }))];
}
