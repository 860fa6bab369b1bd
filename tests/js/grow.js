// Made-up bones for the tests: a deterministic search of a given size, and the same search cut by seq.

const FATES = ["open", "selected", "kept", "discarded", "failed"];
const KINDS = ["thought", "sample", "expansion", "model_call", "tool_call", "verification"];
const REASONS = ["outvoted", "pruned_low_value", "dead_end"];

/** mulberry32: small, seeded, good enough to shape a tree. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Events of a run: each creates a node or changes one. The event's place is its seq. */
export function events(count, seed = 1) {
  const next = random(seed);
  const made = [];
  const log = [];
  while (made.length < count) {
    const seq = log.length;
    if (made.length && next() < 0.25) {
      log.push({ seq, change: made[Math.floor(next() * made.length)], fate: FATES[Math.floor(next() * 5)], cost: Math.floor(next() * 900) });
      continue;
    }
    const parent = made.length && next() > 0.02 ? made[Math.floor(next() * next() * made.length)] : next() > 0.5 ? -1 : -2;
    log.push({ seq, parent, kind: KINDS[Math.floor(next() * 6)], start: next() < 0.05 ? null : seq * 10 - Math.floor(next() * 30) });
    made.push(seq);
  }
  return log;
}

/** Bones of the log up to `to`, with only the rows that were made or changed after `after`. */
export function bones(log, to, after = -1) {
  const nodes = new Map();
  for (const event of log.slice(0, to + 1)) {
    const node = event.change === undefined ? { ...event, fate: "open", cost: null } : Object.assign(nodes.get(event.change), { fate: event.fate, cost: event.cost });
    node.changed = event.seq;
    nodes.set(event.change ?? event.seq, node);
  }
  const names = { kind: [], fate: [], reason: [], verdict: [], verifier: [] };
  const at = (table, name) => (name === null ? -1 : names[table].includes(name) ? names[table].indexOf(name) : names[table].push(name) - 1);
  const columns = { ordinal: [], parent: [], start: [], kind: [], fate: [], reason: [], verdict: [], verifier: [], cost: [], tokens: [], flags: [] };
  for (const [ordinal, node] of nodes) {
    if (node.changed <= after) continue;
    columns.ordinal.push(ordinal);
    columns.parent.push(node.parent);
    columns.start.push(node.start);
    columns.kind.push(at("kind", node.kind));
    columns.fate.push(at("fate", node.fate));
    columns.reason.push(at("reason", node.fate === "discarded" ? REASONS[ordinal % 3] : null));
    columns.verdict.push(-1);
    columns.verifier.push(at("verifier", ordinal % 3 ? (ordinal % 2 ? "calc, exact" : "calc, exact\u001fjudge") : null));
    columns.cost.push(node.cost);
    columns.tokens.push(node.cost === null ? null : node.cost * 3);
    columns.flags.push(node.fate === "selected" ? 8 : 0);
  }
  return { run: "r", seq: to, after, names, columns };
}
