import assert from "node:assert/strict";
import { test } from "node:test";

import { REAL, advance, nextMark, playingTimes } from "../../static/js/playback/pace.js";
import { Record } from "../../static/js/playback/record.js";
import { describe, mergeBones } from "../../static/js/tree/bones.js";
import { buildIndex } from "../../static/js/tree/index.js";
import { random } from "./grow.js";

const NAMES = { kind: ["thought", "sample"], fate: ["open", "kept", "discarded", "selected"], reason: ["outvoted"], verdict: ["accept"], verifier: ["calc"], entry: ["node.observed"], mark: ["fate"], state: [], rule: [] };
const COLUMNS = ["ordinal", "parent", "start", "kind", "fate", "reason", "verdict", "verifier", "cost", "tokens", "flags"];

/** Entries with the rows that each changed. The first one opens the run; `orphans`: some parents are not received. */
function makeLog(count, seed, { orphans = true } = {}) {
  const next = random(seed);
  const below = (limit) => Math.floor(next() * limit);
  const nodes = [];
  const log = [{ rows: [], mark: -1 }];
  for (let seq = 1; seq < count; seq++) {
    const isNew = !nodes.length || next() < 0.6;
    const rows = [isNew ? { ordinal: seq, parent: nodes.length && next() > 0.1 ? nodes[below(nodes.length)].ordinal : orphans && next() < 0.5 ? -2 : -1, start: next() < 0.1 ? null : (seq * 10 - below(30)) * 1000, kind: below(2), fate: 0, reason: -1, verdict: -1, verifier: -1, cost: null, tokens: null, flags: 0 }
      : { ...nodes[below(nodes.length)], fate: below(4), cost: next() < 0.5 ? null : below(900), tokens: below(2) ? below(99) : null, flags: below(16) }];
    if (next() < 0.1 && nodes.length > 1) rows.push({ ...nodes.filter(({ ordinal }) => ordinal !== rows[0].ordinal)[0], kind: 1, parent: -1 });
    for (const row of rows) {
      const known = nodes.findIndex(({ ordinal }) => ordinal === row.ordinal);
      nodes[known < 0 ? nodes.length : known] = row;
    }
    log.push({ rows, mark: isNew ? -1 : 0, nodes: nodes.length, origin: -1000 * Math.floor(seq / 20) });
  }
  return log;
}

/** Entries (after, until] of a log, as the server tells them. */
function portion(log, after, until) {
  const cut = log.slice(after + 1, until + 1);
  const nodes = Object.fromEntries(["seq", ...COLUMNS].map((name) => [name, cut.flatMap(({ rows }, place) => rows.map((row) => (name === "seq" ? after + 1 + place : row[name])))]));
  const entries = { at: cut.map((_, place) => (place % 7 ? (after + place) * 1000 : null)), node: cut.map(({ rows }) => rows[0]?.ordinal ?? -1), kind: cut.map(() => 0), mark: cut.map(({ mark }) => mark) };
  return { after, seq: until, last: log.length - 1, names: NAMES, entries, nodes, tracks: { nodes: track(log, "nodes", after, until), origin: track(log, "origin", after, until) } };
}

function track(log, name, after, until) {
  const found = { seq: [], value: [] };
  for (let seq = Math.max(1, after + 1); seq <= until; seq++) {
    if (log[seq][name] === log[seq - 1][name]) continue;
    found.seq.push(seq);
    found.value.push(log[seq][name]);
  }
  return found;
}

function read(log, cuts = []) {
  const record = new Record("r");
  let after = -1;
  for (const until of [...cuts, log.length - 1]) {
    record.append(portion(log, after, until));
    after = until;
  }
  return record;
}

/** What the wire would have: only the rows that changed after an entry, or all of them, by their order. */
function wire(log, until, after = -1) {
  const last = new Map();
  for (const { rows } of log.slice(after + 1, until + 1)) for (const row of rows) last.set(row.ordinal, row);
  const origin = log[until].origin ?? null;
  const rows = [...last.values()].sort((a, b) => a.ordinal - b.ordinal).map((row) => ({ ...row, start: row.start === null || origin === null ? null : Math.floor((row.start - origin) / 1000) }));
  const waiting = rows.filter(({ parent }) => parent === -2);
  const names = { kind: [...NAMES.kind], fate: NAMES.fate, reason: NAMES.reason, verdict: NAMES.verdict, verifier: NAMES.verifier };
  if (waiting.length) {
    const starts = waiting.map(({ start }) => start).filter((start) => start !== null);
    waiting.forEach((row) => { row.parent = 0; });
    rows.unshift({ ordinal: 0, parent: -1, start: starts.length ? Math.min(...starts) : null, kind: names.kind.push("not_received") - 1, fate: -1, reason: -1, verdict: -1, verifier: -1, cost: null, tokens: null, flags: 0 });
  }
  return { run: "r", seq: until, after, is_over: false, names, columns: Object.fromEntries(COLUMNS.map((name) => [name, rows.map((row) => row[name])])) };
}

/** Rows with words; what is unknown is null, in typed columns too. */
const untyped = (found) => ({ ...found, columns: Object.fromEntries(COLUMNS.map((name) => [name, Array.from(found.columns[name])])) });
const plain = (found) => describe(untyped(found)).map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number.isNaN(value) ? null : value])));

function bonesAt(record, seq) {
  record.seek(seq);
  return record.bones(seq);
}

test("it works", () => {
  const record = read(makeLog(12, 1));
  assert.equal(record.size, 12);
  assert.deepEqual(plain(bonesAt(record, 1)).filter(({ kind }) => kind !== "not_received").map(({ ordinal }) => ordinal), [1]);
});

test("the state at n is that of the entries up to n, in whatever order it is sought", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const log = makeLog(90, seed);
    const chance = random(seed);
    const record = read(log, [7, 8, 31]);
    for (let times = 0; times < 25; times++) {
      const seq = Math.floor(chance() * log.length);
      assert.deepEqual(plain(bonesAt(record, seq)), plain(wire(log, seq)), `seed ${seed}, entry ${seq}`);
    }
  }
});

test("bones up to n are the bones up to k merged with what changed after k", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const log = makeLog(90, seed, { orphans: false });
    log.slice(1).forEach((entry) => { entry.origin = 0; });
    const record = read(log);
    const [k, n] = [20 + seed, 60 + (seed % 29)];
    const base = bonesAt(record, k);
    assert.deepEqual(plain(mergeBones(base, wire(log, n, k))), plain(bonesAt(record, n)), `seed ${seed}`);
  }
});

test("the number of a row's last change is the same just where nothing was said of the node between", () => {
  const log = makeLog(80, 5);
  const record = read(log);
  const versions = (seq) => { const { columns, changes } = bonesAt(record, seq); return new Map([...columns.ordinal].map((ordinal, row) => [ordinal, changes[row]])); };
  const [before, after] = [versions(20), versions(60)];
  const told = new Set(log.slice(21, 61).flatMap(({ rows }) => rows.map(({ ordinal }) => ordinal)));
  for (const [ordinal, version] of before) if (ordinal) assert.equal(after.get(ordinal) > version, told.has(ordinal));
  assert.deepEqual(versions(20), before);
});

test("values of the run are those of the last entry that changed them", () => {
  const log = makeLog(40, 3);
  const record = read(log, [9, 20]);
  for (const seq of [1, 9, 10, 33]) assert.equal(record.values(seq).nodes, log[seq].nodes);
  assert.deepEqual(record.values(3, ["nothing"]), { nothing: null });
});

test("a portion that leaves a gap is refused", () => {
  const log = makeLog(30, 2);
  assert.throws(() => read(log).append(portion(log, 3, 9)), /a portion after 3/);
});

test("the tree of typed bones is the tree of the same bones from the wire", () => {
  const log = makeLog(200, 8);
  const typed = buildIndex(bonesAt(read(log), 150));
  const other = buildIndex(wire(log, 150));
  for (const name of ["preorder", "depth", "parent", "orphan"]) assert.deepEqual([...typed[name]], [...other[name]], name);
  for (const name of Object.keys(other.sums)) assert.deepEqual([...typed.sums[name]], [...other.sums[name]], name);
  assert.equal(typed.answer, other.answer);
});

test("playing goes so many entries a second, and stops at the last", () => {
  const times = playingTimes(new Float64Array(50));
  assert.equal(advance(0, 1000, "10", times), 10);
  assert.equal(advance(45, 1000, "10", times), 49);
});

test("in real time idle gaps are short, and what tells no time happens with the entry before", () => {
  const times = playingTimes(Float64Array.from([0, 1e6, NaN, 0.5e6, 3600e6, 3601e6]));
  assert.deepEqual([...times], [0, 1e6, 1e6, 1e6, 3e6, 4e6]);
  assert.equal(Math.floor(advance(0, 999, REAL, times)), 0);
  assert.equal(Math.floor(advance(0, 1001, REAL, times)), 3);
  let place = 0;
  for (let frame = 0; frame < 250; frame++) place = advance(place, 16, REAL, times);
  assert.equal(Math.floor(place), 5);
});

test("the next decision is found in both directions, and none is said to be none", () => {
  const marks = Int8Array.from([-1, 0, -1, 2, -1]);
  assert.deepEqual([nextMark(marks, 1, 1), nextMark(marks, 3, -1), nextMark(marks, 3, 1)], [3, 1, -1]);
});
