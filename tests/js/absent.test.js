import assert from "node:assert/strict";
import { test } from "node:test";

import { isRunning, mergeBones } from "../../static/js/tree/bones.js";
import { ROOT, buildIndex, childrenOf } from "../../static/js/tree/index.js";
import { search } from "../../static/js/tree/search.js";
import { newState, visibleLines } from "../../static/js/tree/visible.js";

/** Bones of [ordinal, parent] rows; ordinal 0 stands for parents that were not received. */
function bones(seq, ...rows) {
  const same = (value) => rows.map(() => value);
  return {
    run: "r", seq, after: -1, names: { kind: ["not_received", "step"], fate: ["open"], reason: [], verdict: [], verifier: [] },
    columns: {
      ordinal: rows.map(([ordinal]) => ordinal), parent: rows.map(([, parent]) => parent), start: same(null),
      kind: rows.map(([ordinal]) => (ordinal === 0 ? 0 : 1)), fate: same(0), reason: same(-1), verdict: same(-1), verifier: same(-1),
      cost: same(5), tokens: same(null), flags: same(0),
    },
  };
}
const shown = (index) => [...visibleLines(index, newState()).codes].map((row) => index.ordinal[row]);

test("it works", () => {
  const index = buildIndex(bones(3, [0, -1], [1, 0], [2, 1], [3, 0]));
  assert.deepEqual(shown(index), [0, 1, 2, 3]);
  assert.deepEqual([...index.depth], [0, 1, 2, 1]);
  assert.equal(index.nodes, 3, "the line is no node");
  assert.equal(index.sums.nodes[0], 3);
});

test("a node that was not received is found by these words, and counts as no hit among nodes", () => {
  const index = buildIndex(bones(3, [0, -1], [1, 0]));
  const state = newState();
  state.matches = search(index, "not received");
  assert.deepEqual([...state.matches], [0]);
  assert.equal(visibleLines(index, state).kept.hits, 0);
});

test("when the parent comes the line goes, and what waited hangs under it", () => {
  const waiting = bones(2, [0, -1], [1, 0], [2, 0]);
  const one = mergeBones(waiting, bones(4, [2, 3], [3, -1]));
  assert.deepEqual(one.columns.ordinal, [0, 1, 2, 3], "another still waits");
  const both = mergeBones(one, bones(5, [1, 3]));
  assert.deepEqual(both.columns.ordinal, [1, 2, 3]);
  const index = buildIndex(both);
  assert.deepEqual([...childrenOf(index, ROOT)].map((row) => index.ordinal[row]), [3]);
  assert.equal(index.nodes, 3);
});

test("in a run that is over nothing is at work any more, and it may come to work again", () => {
  const open = bones(2, [1, -1]);
  open.columns.flags = [2];
  open.is_over = false;
  const nothing = (seq, is_over) => ({ ...bones(seq), is_over });
  const over = mergeBones(open, nothing(3, true));
  assert.deepEqual([isRunning(open, 0), isRunning(over, 0)], [true, false]);
  assert.equal(isRunning(mergeBones(over, nothing(4, false)), 0), true);
  assert.equal(isRunning(mergeBones(over, nothing(1, false)), 0), false, "an older piece knows less");
});

test("a first node whose ordinal is 0 is a node like any other", () => {
  const plain = bones(2, [0, -1], [1, 0]);
  plain.columns.kind = [1, 1];
  assert.equal(buildIndex(plain).nodes, 2);
});
