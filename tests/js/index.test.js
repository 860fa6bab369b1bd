import assert from "node:assert/strict";
import { test } from "node:test";

import { noFilters } from "../../static/js/tree/filters.js";
import { ROOT, buildIndex, childrenOf, rowOf } from "../../static/js/tree/index.js";
import { search } from "../../static/js/tree/search.js";
import { countRows, foldCode, foldParent, foldedChildren, lineOf, newState, reveal, visibleLines } from "../../static/js/tree/visible.js";
import { bones, events } from "./grow.js";

/** A tree from [ordinal, parent, fate, cost] rows. */
function tree(...rows) {
  const names = { kind: ["step"], fate: ["open", "selected", "kept", "discarded", "failed"], reason: ["outvoted"], verdict: [], verifier: [] };
  const column = (at, otherwise) => rows.map((row) => row[at] ?? otherwise);
  return {
    run: "r", seq: 99, after: -1, names,
    columns: {
      ordinal: column(0), parent: column(1), start: column(4, null), kind: rows.map(() => 0),
      fate: rows.map((row) => names.fate.indexOf(row[2] ?? "open")), reason: rows.map(() => -1), verdict: rows.map(() => -1), verifier: rows.map(() => -1),
      cost: column(3, null), tokens: rows.map(() => null), flags: rows.map(() => 0),
    },
  };
}
const shown = (index, state) => [...visibleLines(index, state).codes].map((code) => (code < 0 ? `fold ${foldParent(code)}` : index.ordinal[code]));

test("it works", () => {
  const index = buildIndex(tree([0, -1], [3, 0], [5, 3], [6, 0]));
  assert.deepEqual([...index.preorder].map((row) => index.ordinal[row]), [0, 3, 5, 6]);
  assert.deepEqual([...index.depth], [0, 1, 2, 1]);
  assert.equal(rowOf(index, 5), 2);
  assert.equal(rowOf(index, 4), -1);
});

test("siblings stand in order of start, then of ordinal; those without a start come last", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "open", 1, 30], [2, 0, "open", 1, null], [3, 0, "open", 1, 10], [4, 0, "open", 1, 10]));
  assert.deepEqual([...childrenOf(index, 0)], [3, 4, 1, 2]);
});

test("a node with an unknown parent is a root and marked as orphan", () => {
  const index = buildIndex(tree([0, -1], [1, -2], [2, 77]));
  assert.deepEqual([...childrenOf(index, ROOT)], [0, 1, 2]);
  assert.deepEqual([...index.orphan], [0, 1, 1]);
});

test("a ring of parents is shown, not lost", () => {
  const index = buildIndex(tree([0, -1], [1, 3], [2, 1], [3, 2], [4, 3]));
  assert.equal(index.reached, 5);
  assert.equal(shown(index, newState()).length, 5);
});

test("sums of a subtree count its nodes, money and fates", () => {
  const index = buildIndex(tree([0, -1, "open", 5], [1, 0, "discarded", 7], [2, 1, "failed"], [3, 0, "kept", 1]));
  assert.equal(index.sums.nodes[0], 4);
  assert.equal(index.sums.cost[0], 13);
  assert.equal(index.sums.discarded[0], 1);
  assert.equal(index.sums.failed[1], 1);
  assert.equal(index.sums.priced[2], 0, "unknown is not zero");
});

test("discarded siblings fold into one line that counts them, and open again", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "discarded", 2], [2, 1, "failed", 3], [3, 0, "kept"], [4, 0, "discarded", 4]));
  const state = newState();
  assert.deepEqual(shown(index, state), [0, 3, "fold 0"]);
  assert.deepEqual({ ...countRows(index, foldedChildren(index, state, 0)), tokens: 0 }, { nodes: 3, discarded: 2, failed: 1, cost: 9, tokens: 0, priced: true });
  state.openFolds.add(0);
  assert.deepEqual(shown(index, state), [0, 3, "fold 0", 1, 4]);
  state.mode = "all";
  assert.deepEqual(shown(index, state), [0, 1, 2, 3, 4]);
});

test("a row that was closed hides all below it, and nothing beside it, where nothing is folded", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "kept"], [2, 1, "failed"], [3, 2, "failed"], [4, 0, "kept"], [5, 4, "kept"], [6, -1, "kept"]));
  const state = { ...newState(), mode: "all" };
  assert.deepEqual([...visibleLines(index, state).level], [0, 1, 2, 3, 1, 2, 0]);
  state.toggled.set(1, false).set(2, true).set(4, true);
  assert.deepEqual(shown(index, state), [0, 1, 4, 5, 6]);
  state.toggled.set(0, false);
  assert.deepEqual(shown(index, state), [0, 6]);
});

test("a discarded branch that holds the answer is not folded", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "discarded"], [2, 1, "selected"], [3, 0, "discarded"], [4, 0, "discarded"]));
  assert.deepEqual(shown(index, newState()), [0, 1, 2, "fold 0"]);
});

test("fold codes never meet node rows, not even for the roots", () => {
  for (const parent of [ROOT, 0, 1, 99_999]) assert.ok(foldCode(parent) < 0 && foldParent(foldCode(parent)) === parent);
});

test("a filter shows what it lets through with everything above it", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "kept"], [2, 1, "failed"], [3, 0, "kept"]));
  const state = { ...newState(), filters: { ...noFilters(), fate: "failed" } };
  assert.deepEqual(shown(index, state), [0, 1, 2]);
});

test("a search finds words of the vocabulary, numbers and known text", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "kept"], [2, 1, "failed"]));
  assert.deepEqual([...search(index, "step failed")], [2]);
  assert.deepEqual([...search(index, "#1")], [1]);
  assert.deepEqual([...search(index, "2 step")], [2], "a number and a word");
  assert.deepEqual([...search(index, "1 paris", (ordinal) => (ordinal === 1 ? "in Paris" : "Paris"))], [1], "a number and a text");
  assert.deepEqual([...search(index, "#1x")], []);
  assert.deepEqual([...search(index, "paris", (ordinal) => (ordinal === 1 ? "in Paris" : ""))], [1]);
  assert.equal(search(index, "  "), null);
});

test("what is searched for can be revealed inside a closed fold", () => {
  const index = buildIndex(tree([0, -1], [1, 0, "discarded"], [2, 1, "discarded"], [3, 0, "discarded"]));
  const state = newState();
  reveal(index, state, 2);
  assert.ok(shown(index, state).includes(2));
});

test("every node is shown or counted by a line that is", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const log = events(150, seed);
    const index = buildIndex(bones(log, log.length - 1));
    const state = newState();
    let counted = 0;
    const { codes } = visibleLines(index, state);
    const inView = new Set(codes);
    for (const code of codes) {
      if (code < 0) counted += countRows(index, foldedChildren(index, state, foldParent(code))).nodes;
      else counted += childrenOf(index, code).some((child) => inView.has(child)) || inView.has(foldCode(code)) ? 1 : index.sums.nodes[code];
    }
    assert.equal(counted, index.count, `seed ${seed}`);
  }
});

test("each line is found by its code, and what is not shown by none", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const log = events(150, seed);
    const index = buildIndex(bones(log, log.length - 1));
    const lines = visibleLines(index, newState());
    lines.codes.forEach((code, line) => assert.equal(lineOf(lines, code), line));
    const shown = new Set(lines.codes);
    for (let row = 0; row < index.count; row++) if (!shown.has(row)) assert.equal(lineOf(lines, row), -1);
  }
});

test("a hundred thousand nodes are indexed and laid out", () => {
  const log = events(100_000, 5);
  const index = buildIndex(bones(log, log.length - 1));
  assert.equal(index.count, 100_000);
  assert.ok(visibleLines(index, newState()).codes.length > 0);
});
