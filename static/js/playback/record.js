// PURE. The record of a run in memory: what each entry changed, and the state at any entry.
//
// Each change of a node is the whole row that it has from an entry on, and knows the change of the same node before it. So
// the state at n is, for each node, the number of its last change up to n: going forward sets it to the change, going
// back to the one before. A step costs as much as it changes, in both directions, and nothing has to be kept on the way.

import { NOT_RECEIVED } from "../tree/bones.js";
import { Growing } from "./growing.js";

const NONE = -1;
const ORPHAN = -2;
const INTEGERS = { ordinal: Int32Array, parent: Int32Array, kind: Int16Array, fate: Int8Array, reason: Int16Array, verdict: Int8Array, verifier: Int32Array, flags: Int16Array };
const AMOUNTS = { start: Float64Array, cost: Float64Array, tokens: Float64Array };
const TYPES = { ...INTEGERS, ...AMOUNTS };
const COLUMNS = ["ordinal", "parent", "start", "kind", "fate", "reason", "verdict", "verifier", "cost", "tokens", "flags"];

const growing = (types) => Object.fromEntries(Object.entries(types).map(([name, Type]) => [name, new Growing(Type)]));

export class Record {
  size = 0;
  names = {};
  #entries = growing({ at: Float64Array, node: Int32Array, kind: Int16Array, mark: Int8Array });
  #changes = growing({ seq: Int32Array, ...TYPES });
  #before = new Growing(Int32Array);
  #tracks = new Map();
  #latest = new Int32Array(1024).fill(NONE);
  #current = new Int32Array(1024).fill(NONE);
  #applied = 0;
  #count = 0;
  #highest = 0;

  constructor(run) {
    this.run = run;
  }

  /** Takes the portion that follows what is here. @throws when it does not. */
  append(portion) {
    if (portion.after !== this.size - 1) throw new Error(`a portion after ${portion.after}, and ${this.size - 1} was the last`);
    for (const [name, column] of Object.entries(this.#entries)) column.append(portion.entries[name]);
    this.size += portion.entries.at.length;
    this.names = portion.names;
    this.#appendChanges(portion.nodes);
    for (const [name, { seq, value }] of Object.entries(portion.tracks)) this.#track(name, seq, value);
  }

  /** The state becomes that at an entry. */
  seek(seq) {
    const { ordinal } = this.#changes;
    const target = this.#changes.seq.upTo(seq);
    for (; this.#applied < target; this.#applied++) {
      const node = ordinal.at(this.#applied);
      if (this.#current[node] === NONE) this.#count++;
      this.#current[node] = this.#applied;
    }
    while (this.#applied > target) {
      const node = ordinal.at(--this.#applied);
      this.#current[node] = this.#before.at(this.#applied);
      if (this.#current[node] === NONE) this.#count--;
    }
  }

  /**
   * The bones of the state that was sought, in typed columns; an amount that is unknown is NaN. `changes` has the number of
   * each row's last change: where it is the same at two entries, nothing was said of the node between them.
   */
  bones(seq) {
    const { origin, over } = this.values(seq, ["origin", "over"]);
    const rows = this.#rows();
    const waiting = rows.filter((change) => this.#changes.parent.at(change) === ORPHAN);
    const first = waiting.length ? 1 : 0;
    const columns = Object.fromEntries(COLUMNS.map((name) => [name, new TYPES[name](rows.length + first)]));
    for (const name of COLUMNS) this.#gather(columns[name], rows, this.#changes[name].values, first);
    for (let row = first; row < columns.start.length; row++) {
      columns.start[row] = origin === null ? NaN : Math.floor((columns.start[row] - origin) / 1000);
    }
    const names = { ...this.names };
    if (first) this.#gatherOrphans(columns, names);
    const changes = new Int32Array(rows.length + first);
    changes.set(rows, first);
    return { run: this.run, seq, after: -1, is_over: over === 1, names, columns, changes };
  }

  /** What the run as a whole has at an entry, by the names of the tracks; null where nothing says it. */
  values(seq, wanted = this.#tracks.keys()) {
    const found = {};
    for (const name of wanted) {
      const track = this.#tracks.get(name);
      const at = track ? track.seqs.upTo(seq) : 0;
      found[name] = at > 0 ? track.values[at - 1] : null;
    }
    return found;
  }

  /** One entry: when it happened (µs, NaN unknown), the node it speaks of (-1 none), its kind and its mark in words. */
  entry(seq) {
    const { at, node, kind, mark } = this.#entries;
    return { at: at.at(seq), node: node.at(seq), kind: this.names.entry[kind.at(seq)], mark: this.names.mark[mark.at(seq)] ?? null };
  }

  /** Of the entries from `from` on: their times, and which are decisions, as the numbers of their marks. */
  outline(from) {
    return { from, at: this.#entries.at.values.slice(from, this.size), mark: this.#entries.mark.values.slice(from, this.size) };
  }

  #appendChanges(nodes) {
    const begun = this.#changes.seq.length;
    for (const [name, column] of Object.entries(this.#changes)) column.append(nodes[name]);
    this.#reserve(this.size);
    for (let change = begun; change < this.#changes.seq.length; change++) {
      const node = this.#changes.ordinal.at(change);
      this.#before.push(this.#latest[node]);
      this.#latest[node] = change;
      if (node > this.#highest) this.#highest = node;
    }
  }

  #track(name, seqs, values) {
    if (!this.#tracks.has(name)) this.#tracks.set(name, { seqs: new Growing(Int32Array), values: [] });
    const track = this.#tracks.get(name);
    track.seqs.append(seqs);
    for (const value of values) track.values.push(value);
  }

  /** A node's ordinal is the number of an entry: it is never beyond them. */
  #reserve(size) {
    for (const grow of [this.#latest, this.#current]) {
      if (grow.length > size) continue;
      const grown = new Int32Array(size * 2).fill(NONE);
      grown.set(grow);
      if (grow === this.#latest) this.#latest = grown;
      else this.#current = grown;
    }
  }

  /** The changes that make up the state, in the order of their nodes. */
  #rows() {
    const rows = new Int32Array(this.#count);
    let found = 0;
    for (let node = 0; node <= this.#highest; node++) {
      if (this.#current[node] !== NONE) rows[found++] = this.#current[node];
    }
    return rows;
  }

  #gather(column, rows, values, first) {
    for (let row = 0; row < rows.length; row++) column[row + first] = values[rows[row]];
  }

  /** One row first that is no node; what waits for a parent hangs under it. */
  #gatherOrphans(columns, names) {
    let earliest = NaN;
    for (let row = 1; row < columns.parent.length; row++) {
      if (columns.parent[row] !== ORPHAN) continue;
      columns.parent[row] = 0;
      if (!(columns.start[row] >= earliest)) earliest = Number.isNaN(columns.start[row]) ? earliest : columns.start[row];
    }
    names.kind = [...names.kind, NOT_RECEIVED];
    const row = { ordinal: 0, parent: -1, start: earliest, kind: names.kind.length - 1, fate: NONE, reason: NONE, verdict: NONE, verifier: NONE, cost: NaN, tokens: NaN, flags: 0 };
    for (const name of COLUMNS) columns[name][0] = row[name];
  }
}
