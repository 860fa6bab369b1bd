import assert from "node:assert/strict";
import { test } from "node:test";

import { BonesLoader } from "../../static/js/tree/loader.js";
import { describe } from "../../static/js/tree/bones.js";

const NAMES = { kind: ["step"], fate: [], reason: [], verdict: [], verifier: [] };

/** A piece of bones whose nodes have these ordinals and tokens. */
function piece(after, seq, tokens, rows) {
  const columns = { ordinal: Object.keys(tokens).map(Number) };
  for (const name of ["parent", "fate", "reason", "verdict", "verifier"]) columns[name] = columns.ordinal.map(() => -1);
  for (const name of ["start", "kind", "cost", "flags"]) columns[name] = columns.ordinal.map(() => 0);
  columns.tokens = Object.values(tokens);
  return { run: "r", seq, after, is_over: false, names: NAMES, columns, rows };
}

function loader() {
  const told = [];
  const made = new BonesLoader("/bones", "r", (ordinals, rows) => told.push([ordinals, rows]));
  return { made, told };
}

async function loaded(first) {
  const { made, told } = loader();
  globalThis.fetch = async () => ({ ok: true, json: async () => first });
  await made.load();
  return { made, told };
}

const tokensOf = (made) => describe(made.bones).map(({ ordinal, tokens }) => [ordinal, tokens]);

test("it works", async () => {
  const { made, told } = await loaded(piece(-1, 3, { 1: 10 }));
  assert.equal(made.take(piece(3, 5, { 1: 11, 2: 20 }, "<div>")), true);
  assert.deepEqual(tokensOf(made), [[1, 11], [2, 20]]);
  assert.deepEqual(told.at(-1), [[1, 2], "<div>"]);
});

test("a piece before the first bones, or after a gap, is not taken", async () => {
  assert.equal(loader().made.take(piece(3, 5, { 1: 11 })), false);
  const { made } = await loaded(piece(-1, 3, { 1: 10 }));
  assert.equal(made.take(piece(4, 5, { 1: 11 })), false);
  assert.deepEqual(tokensOf(made), [[1, 10]]);
});

test("a piece that comes late does not put older rows in the place of newer ones", async () => {
  const { made } = await loaded(piece(-1, 3, { 1: 10 }));
  made.take(piece(3, 9, { 1: 19 }));
  assert.equal(made.take(piece(3, 5, { 1: 11 })), true);
  assert.deepEqual(tokensOf(made), [[1, 19]]);
  assert.equal(made.bones.seq, 9);
});
