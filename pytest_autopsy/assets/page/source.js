// Source with the lines that ran and those that are suspected.

const TOKEN = /("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)|(#.*)|\b(False|None|True|and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b|\b(\d[\w.]*)/g;
const TOKENS = ['', 'string', 'comment', 'keyword', 'number'];

// Each line of a text as nodes, with strings, comments, keywords and numbers told apart.
function coloured(lines) {
  const shown = [[]];
  const put = (text, kind) => text.split('\n').forEach((piece, place) => {
    if (place) shown.push([]);
    if (piece) shown.at(-1).push(kind ? el('span', { class: kind }, piece) : plain(piece));
  });
  const text = lines.join('\n');
  let done = 0;
  for (const token of text.matchAll(TOKEN)) {
    put(text.slice(done, token.index));
    put(token[0], TOKENS[token.findIndex((group, number) => number && group !== undefined)]);
    done = token.index + token[0].length;
  }
  put(text.slice(done));
  return shown;
}

// Lines `first` to `last` of a file (whose lines start at 1, or at `start`); `about` has ran (a Set
// or null), scores (line -> score), and at, the line that is pointed at.
function listing(file, first, last, about) {
  const start = file.start || 1;
  const lines = coloured(file.lines.slice(first - start, last - start + 1));
  const top = Math.max(...about.scores.values(), 0);
  const idle = idleIn(file, about.ran);
  return el('div', { class: 'listing', role: 'group', tabindex: 0, 'aria-label': `Lines ${first} to ${first + lines.length - 1}` }, lines.map((nodes, place) => {
    const number = first + place;
    const score = about.scores.get(number);
    const ran = about.ran && about.ran.has(number);
    return el('div', {
      class: ['line', idle.has(number) ? 'idle' : '', number === about.at ? 'at' : ''].filter(Boolean).join(' '),
      'data-line': number,
      'data-heat': score === undefined || top <= 0 ? null : Math.max(1, Math.ceil((4 * score) / top)),
    },
    el('span', { class: 'gutter' }, `${ran ? '•' : ' '}${String(number).padStart(5)}`),
    el('code', null, nodes.length ? nodes : ' '),
    score === undefined ? null : el('span', { class: 'score', title: 'suspiciousness' }, score.toFixed(2)));
  }));
}

// Lines that did not run of functions that did; of any other nothing is known.
function idleIn(file, ran) {
  const idle = new Set();
  for (const [, first, , last] of ran ? file.functions : []) {
    const lines = Array.from({ length: last - first + 1 }, (_, place) => first + place);
    const called = lines.some((line) => ran.has(line));
    lines.forEach((line) => (called && !ran.has(line) ? idle.add(line) : idle.delete(line)));
  }
  return idle;
}

const legend = () => el('p', { class: 'legend' }, el('span', { class: 'gutter' }, '•'), ' ran in this test', el('span', { class: 'unrun' }, 'grey: did not'), el('span', { class: 'heat' }, '1.95'), ' suspected, with its score');

// The lines of a suspect that have a score, by file.
function scoresOf(suspects) {
  const found = new Map();
  for (const suspect of suspects) {
    if (!found.has(suspect.file)) found.set(suspect.file, new Map());
    const lines = found.get(suspect.file);
    suspect.lines.forEach(({ line, score }) => lines.set(line, Math.max(score, lines.get(line) || 0)));
  }
  return found;
}

