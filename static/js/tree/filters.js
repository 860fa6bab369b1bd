// PURE. What a reader asks of a tree: by fate, reason, verdict, kind and cost, all of it at once.
//
// A filter by word holds the words that will do ("discarded,failed"); "none" is a node that has no such word. A verifier is
// one, whatever its name holds.

export const WORDS = ["fate", "reason", "verdict", "verifier", "kind"];
const BESIDE = "\u001f"; // between the verifiers of one node
export const NONE = "none";

/** Filters that let everything through. `cost` is dollars of a whole branch, as its row shows them. */
export function noFilters() {
  return { ...Object.fromEntries(WORDS.map((name) => [name, ""])), cost: null };
}

export function asksAnything(filters) {
  return filters.cost !== null || WORDS.some((name) => filters[name] !== "");
}

/** How many of the filters ask for something. */
export function countAsked(filters) {
  return WORDS.filter((name) => filters[name] !== "").length + (filters.cost === null ? 0 : 1);
}

/** Dollars as a person writes them ("0.05", "$1,200"), or null for nothing and for what is no amount. */
export function readDollars(text) {
  const bare = (text ?? "").replace(/[$,\s]/g, "");
  return /^(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : null;
}

/** @returns {Uint8Array | null} 1 for each row that meets all filters; null when none of them asks for anything. */
export function matchRows(index, filters) {
  if (!asksAnything(filters)) return null;
  const { columns } = index.bones;
  const tests = WORDS.filter((name) => filters[name] !== "").map((name) => [columns[name], wordsThatDo(index, name, filters[name])]);
  const least = filters.cost === null ? null : Math.round(filters.cost * 1e6);
  const matched = new Uint8Array(index.count).fill(1);
  for (const [column, does] of tests) {
    for (let row = 0; row < matched.length; row++) matched[row] &= does[column[row] + 1];
  }
  if (least !== null) {
    const { priced, cost } = index.sums;
    for (let row = 0; row < matched.length; row++) matched[row] &= priced[row] && cost[row] >= least ? 1 : 0;
  }
  return matched;
}

/** By a word's number + 1, so that a node without a word (-1) stands first. */
function wordsThatDo(index, name, asked) {
  const names = index.bones.names[name];
  const isOne = name === "verifier";
  const wanted = isOne ? [asked] : asked.split(",");
  const does = Uint8Array.from(names, (all) => ((isOne ? all.split(BESIDE) : [all]).some((word) => wanted.includes(word)) ? 1 : 0));
  return Uint8Array.of(wanted.includes(NONE) ? 1 : 0, ...does);
}

/** What can be asked by a name, the commonest first: [word, how many nodes have it]. */
export function choices(index, name) {
  const names = index.bones.names[name];
  const counts = new Uint32Array(names.length + 1);
  const column = index.bones.columns[name];
  for (let row = index.absent; row < column.length; row++) counts[column[row] + 1]++;
  const found = new Map();
  counts.forEach((count, at) => {
    for (const word of at === 0 ? [NONE] : names[at - 1].split(BESIDE)) found.set(word, (found.get(word) ?? 0) + count);
  });
  return [...found].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}
