// The call tree of a test: only the rows in sight are in the document, so that 100,000 stay smooth.

const ROW = 24; // pixels, as in page.css
const SMALL = 400; // calls that are shown unfolded
const INDENTED = 24; // levels
const FLAG = { changed: 1, handled: 2 };
const RETURNED = { open: 'never ended', suspended: 'suspended', unknown: 'end not seen' };

class Trace {
  constructor(head, blocks) {
    Object.assign(this, head);
    this.blocks = blocks;
    this.size = this.id.length;
    this.first = new Int32Array(this.size).fill(-1); // first child
    this.sibling = new Int32Array(this.size).fill(-1); // next sibling
    this.roots = [];
    const last = new Int32Array(this.size).fill(-1);
    this.parent.forEach((above, row) => {
      if (above < 0) this.roots.push(row);
      else if (last[above] < 0) this.first[above] = row;
      else this.sibling[last[above]] = row;
      if (above >= 0) last[above] = row;
    });
  }

  rowOf(call) {
    if (!this.byCall) this.byCall = new Map(this.id.map((id, row) => [id, row]));
    const row = this.byCall.get(call);
    return row === undefined ? -1 : row;
  }

  name(row) {
    return this.functions[this.function[row]][1].replace(/^.*<locals>\./, '');
  }

  text(row) {
    return `${this.name(row)}(${this.args[row]}) ${this.result[row]}`;
  }

  async details(row) {
    const block = await part(this.blocks[Math.floor(row / this.block)]);
    return block[row % this.block];
  }

  *ancestors(row) {
    for (let above = this.parent[row]; above >= 0; above = this.parent[above]) yield above;
  }
}

class Tree {
  constructor(box, rows, onSelect) {
    this.box = box;
    this.rows = rows;
    this.onSelect = onSelect;
    box.addEventListener('scroll', () => requestAnimationFrame(() => this.draw()));
    new ResizeObserver(() => this.draw()).observe(box);
    rows.addEventListener('click', (event) => this.clicked(event));
  }

  show(trace, roles) {
    this.trace = trace;
    this.roles = roles; // row -> culprit, called, failed
    this.selected = -1;
    this.found = [];
    this.lower = null;
    this.open = new Uint8Array(trace.size).fill(trace.size <= SMALL ? 1 : 0);
    if (trace.size > SMALL) [...roles.keys(), ...this.path()].forEach((row) => this.reveal(row));
    trace.roots.forEach((row) => { this.open[row] = 1; });
    this.box.scrollTop = 0;
    this.lay();
  }

  // The way of the exception that ended the test, from the last root that raised downwards.
  path() {
    const { trace } = this;
    const way = [];
    let row = trace.roots.findLast((one) => trace.how[one] === 'raised');
    while (row !== undefined && row >= 0) {
      way.push(row);
      let next = -1;
      for (let child = trace.first[row]; child >= 0; child = trace.sibling[child]) {
        if (trace.how[child] === 'raised') next = child;
      }
      row = next;
    }
    return way;
  }

  reveal(row) {
    for (const above of this.trace.ancestors(row)) this.open[above] = 1;
  }

  // Work out which rows are unfolded, in the order of a walk.
  lay() {
    const { first, sibling, roots } = this.trace;
    this.shown = [];
    const waiting = [...roots].reverse();
    while (waiting.length) {
      const row = waiting.pop();
      this.shown.push(row);
      if (this.open[row] && first[row] >= 0) {
        const children = [];
        for (let child = first[row]; child >= 0; child = sibling[child]) children.push(child);
        for (let place = children.length - 1; place >= 0; place -= 1) waiting.push(children[place]);
      }
    }
    this.placeOf = new Map(this.shown.map((row, place) => [row, place]));
    this.rows.style.height = `${this.shown.length * ROW}px`;
    this.draw();
  }

  draw() {
    if (!this.trace || !this.shown) return;
    const top = Math.max(Math.floor(this.box.scrollTop / ROW) - 8, 0);
    const end = Math.min(top + Math.ceil(this.box.clientHeight / ROW) + 16, this.shown.length);
    const drawn = [];
    for (let place = top; place < end; place += 1) drawn.push(this.line(this.shown[place], place));
    this.rows.replaceChildren(...drawn);
    if (this.placeOf.has(this.selected)) this.box.setAttribute('aria-activedescendant', `row-${this.selected}`);
    else this.box.removeAttribute('aria-activedescendant');
  }

  line(row, place) {
    const { trace } = this;
    const parent = trace.first[row] >= 0;
    const how = trace.how[row];
    const role = this.roles.get(row);
    const line = el('div', {
      id: `row-${row}`, role: 'treeitem', 'aria-level': trace.depth[row] + 1,
      'aria-expanded': parent ? String(Boolean(this.open[row])) : null,
      'aria-selected': String(row === this.selected),
      class: ['row', how, role, this.hits && this.hits.has(row) ? 'hit' : ''].filter(Boolean).join(' '),
    },
    el('span', { class: 'id' }, trace.id[row] === null ? 'mark' : trace.id[row]),
    this.indent(trace.depth[row]),
    el('span', { class: 'twist', 'aria-hidden': 'true' }, parent ? (this.open[row] ? '▾' : '▸') : ''),
    el('span', { class: 'name' }, trace.name(row)),
    how === 'mark' ? null : el('span', { class: 'args' }, `(${trace.args[row].slice(0, 240)})`),
    this.ending(row, how),
    role ? el('span', { class: 'badge told' }, role) : null,
    trace.flags[row] & FLAG.changed ? el('span', { class: 'badge' }, 'changed') : null,
    trace.flags[row] & FLAG.handled ? el('span', { class: 'badge' }, 'handled') : null);
    line.style.top = `${place * ROW}px`;
    return line;
  }

  indent(depth) {
    const shown = el('span', { class: 'indent', 'aria-hidden': 'true' }, depth > INDENTED ? `${depth} ` : '');
    shown.style.width = `${Math.min(depth, INDENTED) * 14}px`;
    return shown;
  }

  ending(row, how) {
    if (how === 'mark') return null;
    const text = RETURNED[how] || this.trace.result[row].slice(0, 240).split('\n', 1)[0];
    const end = el('span', { class: 'end' }, el('span', { class: 'arrow' }, how === 'raised' ? ' ✕ ' : ' → '), text);
    end.style.minWidth = `min(${Math.min(text.length + 4, 20)}ch, 30%)`; // arguments give way first
    return end;
  }

  clicked(event) {
    const line = event.target.closest('.row');
    if (!line) return;
    const row = Number(line.id.slice(4));
    if (event.target.closest('.twist')) this.fold(row, !this.open[row]);
    else this.select(row, true);
  }

  fold(row, open) {
    this.open[row] = open ? 1 : 0;
    this.lay();
  }

  foldAll(open) {
    this.open.fill(open ? 1 : 0);
    if (!open) this.trace.roots.forEach((row) => { this.open[row] = 1; });
    if (!open && this.selected >= 0) this.reveal(this.selected);
    this.lay();
    this.scrollTo(this.selected);
  }

  // Select a row, unfolding what hides it; `read` is whether the reader asked to look into it.
  select(row, read) {
    if (!this.placeOf.has(row)) {
      this.reveal(row);
      this.lay();
    }
    this.selected = row;
    this.scrollTo(row);
    this.draw();
    this.onSelect(row, read);
  }

  scrollTo(row) {
    const place = this.placeOf.get(row);
    if (place === undefined) return;
    const { scrollTop, clientHeight } = this.box;
    if (place * ROW < scrollTop) this.box.scrollTop = Math.max((place - 3) * ROW, 0);
    else if ((place + 1) * ROW > scrollTop + clientHeight) this.box.scrollTop = (place + 4) * ROW - clientHeight;
  }

  move(by) {
    const place = this.placeOf.has(this.selected) ? this.placeOf.get(this.selected) + by : 0;
    this.select(this.shown[Math.min(Math.max(place, 0), this.shown.length - 1)], false);
  }

  // The next row after the selected one, in the order of the calls, that `wanted` takes; it wraps.
  next(wanted) {
    const { size } = this.trace;
    for (let step = 1; step <= size; step += 1) {
      const row = (this.selected + step + size) % size;
      if (wanted(row)) {
        this.select(row, false);
        return;
      }
    }
  }

  left() {
    const row = this.selected;
    if (row < 0) return;
    if (this.open[row] && this.trace.first[row] >= 0) this.fold(row, false);
    else if (this.trace.parent[row] >= 0) this.select(this.trace.parent[row], false);
  }

  right() {
    const row = this.selected;
    if (row < 0 || this.trace.first[row] < 0) return;
    if (this.open[row]) this.select(this.trace.first[row], false);
    else this.fold(row, true);
  }

  search(text) {
    const wanted = text.trim().toLowerCase();
    const { trace } = this;
    this.lower ||= Array.from({ length: trace.size }, (_, row) => trace.text(row).toLowerCase());
    this.found = wanted ? this.lower.flatMap((one, row) => (one.includes(wanted) ? [row] : [])) : [];
    this.hits = new Set(this.found);
    this.draw();
    return this.found.length;
  }

  // Go to the next (or previous) row that was found; returns its number among them.
  goFound(by) {
    if (!this.found.length) return 0;
    const after = this.found.findIndex((row) => (by > 0 ? row > this.selected : row >= this.selected));
    const place = by > 0 ? after : (after < 0 ? this.found.length : after) - 1;
    const chosen = place < 0 ? (by > 0 ? 0 : this.found.length - 1) : place;
    this.select(this.found[chosen], false);
    return chosen + 1;
  }
}

