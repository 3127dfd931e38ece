// Parts of the page: JSON, deflated, in base64; unpacked when they are looked at, the latest kept.

const KEPT = 24;
const unpacked = new Map();

function part(number) {
  const found = unpacked.get(number) || unpack(number);
  unpacked.delete(number);
  unpacked.set(number, found);
  if (unpacked.size > KEPT) unpacked.delete(unpacked.keys().next().value);
  return found;
}

async function unpack(number) {
  const bytes = decoded(byId(`part-${number}`).textContent);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

function decoded(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place += 1) bytes[place] = raw.charCodeAt(place);
  return bytes;
}

