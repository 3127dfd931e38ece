// Values as the trace and the snapshot hold them: plain JSON, and objects with `__type__`.

const INLINE = 88; // characters that need no unfolding

function valueNode(value) {
  const text = inline(value, INLINE + 1);
  if (!isNested(value)) return el('span', { class: `value ${kindOf(value)}` }, text);
  if (text.length <= INLINE) return el('span', { class: 'value' }, text);
  const details = el('details', { class: 'value' }, el('summary', null, `${text.slice(0, INLINE)}…`));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(inside(value));
  });
  return details;
}

const isNested = (value) => value !== null && typeof value === 'object';

function kindOf(value) {
  return value === null ? 'none' : typeof value;
}

// One row an item; what was cut says so.
function inside(value) {
  const rows = Array.isArray(value)
    ? value.map((item, place) => row(place, item))
    : value.__type__ === undefined ? Object.entries(value).map(([key, item]) => row(quoted(key), item)) : typed(value);
  return el('dl', { class: 'inside' }, rows);
}

function typed(value) {
  const rows = [];
  for (const [key, item] of Object.entries(value)) {
    if (key === '__type__') continue;
    if (key === 'attrs') rows.push(...Object.entries(item).map(([name, held]) => row(name, held)));
    else if (key === 'items') rows.push(...item.map((held, place) => (isPair(held, value) ? row(inline(held[0], 60), held[1]) : row(place, held))));
    else rows.push(row(key === 'why' ? 'cut, for' : key, item));
  }
  return rows;
}

const isPair = (item, value) => Array.isArray(item) && item.length === 2 && /dict|map|counter/i.test(value.__type__);

function row(name, value) {
  return [el('dt', null, String(name)), el('dd', null, valueNode(value))];
}

// As Python writes it, on one line, no more than is asked for.
function inline(value, room) {
  if (room <= 0) return '';
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quoted(value.slice(0, room));
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${list(value, room, (item, left) => inline(item, left))}]`;
  if (value.__type__ === undefined) {
    return `{${list(Object.entries(value), room, ([key, item], left) => `${quoted(key)}: ${inline(item, left)}`)}}`;
  }
  return typedInline(value, room);
}

function typedInline(value, room) {
  const { __type__: type, items, attrs, text, why } = value;
  const cut = why ? ', …' : '';
  const name = type.slice(type.lastIndexOf('.') + 1);
  if (attrs) return `${name}(${list(Object.entries(attrs), room, ([key, item], left) => `${key}=${inline(item, left)}`)}${cut})`;
  if (items) return `${name}([${list(items, room, (item, left) => (isPair(item, value) ? `${inline(item[0], left)}: ${inline(item[1], left)}` : inline(item, left)))}${cut}])`;
  if (text !== undefined) return `${name}(${typeof text === 'string' && name !== 'str' ? text : inline(text, room)}${cut && '…'})`;
  const rest = Object.entries(value).filter(([key]) => key !== '__type__' && key !== 'why');
  return `${name}(${list(rest, room, ([key, item], left) => `${key}=${inline(item, left)}`)}${cut})`;
}

function list(items, room, show) {
  const shown = [];
  let left = room;
  for (const item of items) {
    if (left <= 0) break;
    shown.push(show(item, left));
    left -= shown.at(-1).length + 2;
  }
  return shown.join(', ');
}

function quoted(text) {
  const inner = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return text.includes("'") && !text.includes('"') ? `"${inner}"` : `'${inner.replaceAll("'", "\\'")}'`;
}

