// Parts of the page's data: gzipped, unpacked when a record in them is wanted.
const find = (id) => document.getElementById(id);
const index = JSON.parse(find("index").textContent);
const unpacked = new Map();
const MOST_UNPACKED = 40;

async function unpack(number) {
  if (unpacked.has(number)) return unpacked.get(number);
  const packed = Uint8Array.from(atob(find(`part${number}`).textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const records = JSON.parse(await new Response(stream).text());
  unpacked.set(number, records);
  if (unpacked.size > MOST_UNPACKED) unpacked.delete(unpacked.keys().next().value);
  return records;
}

async function recordOf(at) {
  const records = await unpack(Math.floor(at / index.perPart));
  return records[at % index.perPart];
}
