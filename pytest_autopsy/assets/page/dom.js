// Elements and texts. What a test left reaches the page as text nodes only.

const byId = (id) => document.getElementById(id);

// Control, format (bidi, zero-width), unassigned and private characters are written out.
const HOSTILE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

function plain(text) {
  return String(text).replace(HOSTILE, (one) => (one === '\n' || one === '\t' ? one : writtenOut(one)));
}

function writtenOut(one) {
  const code = one.codePointAt(0);
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== '')
    .map((child) => (child instanceof Node ? child : plain(child))));
  return made;
}

const many = (count, thing) => `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;

// A path or node id that may be broken at its slashes and colons.
const breakable = (text) => text.split(/(?<=\/|::)/).flatMap((piece) => [piece, el('wbr')]);

const note = (...children) => el('p', { class: 'note' }, ...children);

function copyButton(text) {
  const button = el('button', { class: 'copy', type: 'button' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(button.parentNode.querySelector('code'));
      button.textContent = 'Selected: press Ctrl+C';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return button;
}

// An argument list as a POSIX shell reads it, on one line; shown and copied alike.
function shell(words) {
  const quoted = words.map((word) => (/^[\w@%+=:,.\/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`));
  return plain(quoted.join(' ')).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

function rerun(words) {
  const text = shell(words);
  return el('div', { class: 'rerun' }, el('code', null, text), copyButton(text));
}

