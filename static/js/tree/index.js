// PURE. From columns to a tree: children, pre-order, depth and sums of each subtree.
//
// Built in one pass over typed arrays: a hundred thousand nodes take some tens of milliseconds. Nothing is
// dropped: a node whose parent is not known is a root marked as orphan, and so is a ring of parents.

import { FLAG, hasAbsent, isRunning } from "./bones.js";

export const ROOT = -1;

/**
 * @returns the index: `count` of rows, `nodes` among them, row of an ordinal, children in order, pre-order, depth, subtree
 * sums; the row of the `answer` (or -1) and which rows lead to it; `flags` that any row has; `whole` sums of the run.
 */
export function buildIndex(bones) {
  const { ordinal } = bones.columns;
  const count = ordinal.length;
  const absent = hasAbsent(bones) ? 1 : 0;
  const index = { bones, count, nodes: count - absent, absent, ordinal, rowOf: rows(ordinal), parent: new Int32Array(count), orphan: new Uint8Array(count) };
  linkParents(index);
  groupChildren(index);
  if (walk(index) < count) breakRings(index);
  sumSubtrees(index);
  markAnswer(index);
  return index;
}

/** Row of an ordinal, or -1. */
export function rowOf(index, ordinal) {
  return ordinal >= 0 && ordinal < index.rowOf.length ? index.rowOf[ordinal] : -1;
}

/** Rows of the children of `row` (ROOT for the roots), in order of start. A view, not a copy. */
export function childrenOf(index, row) {
  return index.children.subarray(index.first[row + 1], index.first[row + 2]);
}

/** Unknown is null in columns from the wire, and NaN in typed ones. */
const isKnown = (amount) => amount !== null && !Number.isNaN(amount);

function rows(ordinal) {
  const highest = ordinal.length ? ordinal[ordinal.length - 1] : -1;
  const found = new Int32Array(highest + 1).fill(-1);
  for (let row = 0; row < ordinal.length; row++) found[ordinal[row]] = row;
  return found;
}

function linkParents(index) {
  const { parent } = index.bones.columns;
  for (let row = 0; row < index.count; row++) {
    const named = parent[row];
    const above = named >= 0 ? rowOf(index, named) : -1;
    index.parent[row] = above === row ? ROOT : above;
    index.orphan[row] = named === -2 || (named >= 0 && index.parent[row] === ROOT) ? 1 : 0;
  }
}

/** Children of all rows in one array; `first[row + 1]` is where those of `row` begin. */
function groupChildren(index) {
  const first = new Int32Array(index.count + 2);
  for (let row = 0; row < index.count; row++) first[index.parent[row] + 2]++;
  for (let at = 1; at < first.length; at++) first[at] += first[at - 1];
  const next = first.slice();
  const children = new Int32Array(index.count);
  for (let row = 0; row < index.count; row++) children[next[index.parent[row] + 1]++] = row;
  index.first = first;
  index.children = children;
  index.position = new Int32Array(index.count);
  sortSiblings(index);
}

function sortSiblings(index) {
  const { start } = index.bones.columns;
  const key = (row) => (isKnown(start[row]) ? start[row] : Infinity);
  const before = (a, b) => (key(a) === key(b) ? a - b : key(a) - key(b));
  for (let row = ROOT; row < index.count; row++) {
    const group = childrenOf(index, row);
    for (let at = 1; at < group.length; at++) {
      if (key(group[at - 1]) > key(group[at])) { group.sort(before); break; }
    }
    for (let at = 0; at < group.length; at++) index.position[group[at]] = at + 1;
  }
}

/** Fills `preorder`, `depth` and `lost` (inside a discarded branch); answers how many rows the roots reach. */
function walk(index) {
  const { count, first, children, parent } = index;
  const preorder = new Int32Array(count);
  const depth = new Int32Array(count);
  const lost = new Uint8Array(count);
  const { fate } = index.bones.columns;
  const discarded = index.bones.names.fate.indexOf("discarded");
  const stack = new Int32Array(count + 1);
  let top = 0;
  let reached = 0;
  for (let at = first[1] - 1; at >= first[0]; at--) stack[top++] = children[at];
  while (top > 0) {
    const row = stack[--top];
    preorder[reached++] = row;
    const above = parent[row];
    if (above !== ROOT) {
      depth[row] = depth[above] + 1;
      lost[row] = lost[above] | (fate[above] === discarded ? 1 : 0);
    }
    for (let at = first[row + 2] - 1; at >= first[row + 1]; at--) stack[top++] = children[at];
  }
  index.preorder = preorder;
  index.depth = depth;
  index.lost = lost;
  index.reached = reached;
  return reached;
}

/** A ring of parents is reached from no root: the lowest row of each ring becomes one. */
function breakRings(index) {
  const seen = new Uint8Array(index.count);
  for (let at = 0; at < index.reached; at++) seen[index.preorder[at]] = 1;
  for (let row = 0; row < index.count; row++) {
    if (seen[row]) continue;
    const path = [];
    let above = row;
    while (!seen[above]) { seen[above] = 1; path.push(above); above = index.parent[above]; }
    if (path.includes(above)) { index.parent[above] = ROOT; index.orphan[above] = 1; }
  }
  groupChildren(index);
  walk(index);
}

function sumSubtrees(index) {
  const { count, preorder, parent, bones } = index;
  const { cost, tokens, fate, flags } = bones.columns;
  const [discarded, failed, selected] = ["discarded", "failed", "selected"].map((name) => bones.names.fate.indexOf(name));
  const sums = index.sums = {
    nodes: new Int32Array(count), discarded: new Int32Array(count), failed: new Int32Array(count),
    alive: new Uint8Array(count), priced: new Uint8Array(count), cost: new Float64Array(count), tokens: new Float64Array(count),
  };
  for (let at = count - 1; at >= 0; at--) {
    const row = preorder[at];
    if (row > 0 || !index.absent) sums.nodes[row] += 1;
    if (fate[row] === discarded) sums.discarded[row] += 1;
    if (fate[row] === failed) sums.failed[row] += 1;
    if (fate[row] === selected || flags[row] & FLAG.answer || isRunning(bones, row)) sums.alive[row] = 1;
    if (isKnown(cost[row])) { sums.cost[row] += cost[row]; sums.priced[row] = 1; }
    sums.tokens[row] += tokens[row] || 0;
    if (parent[row] !== ROOT) addUp(sums, row, parent[row]);
  }
}

function markAnswer(index) {
  const { flags } = index.bones.columns;
  const { sums } = index;
  index.answer = flags.findIndex((flag) => flag & FLAG.answer);
  index.onPath = new Uint8Array(index.count);
  for (let at = index.answer; at !== ROOT; at = index.parent[at]) index.onPath[at] = 1;
  index.flags = flags.reduce((all, flag) => all | flag, 0);
  const roots = childrenOf(index, ROOT);
  index.whole = { cost: roots.reduce((sum, row) => sum + sums.cost[row], 0), tokens: roots.reduce((sum, row) => sum + sums.tokens[row], 0), priced: roots.some((row) => sums.priced[row] === 1) };
}

function addUp(sums, row, above) {
  sums.nodes[above] += sums.nodes[row];
  sums.discarded[above] += sums.discarded[row];
  sums.failed[above] += sums.failed[row];
  sums.alive[above] |= sums.alive[row];
  sums.priced[above] |= sums.priced[row];
  sums.cost[above] += sums.cost[row];
  sums.tokens[above] += sums.tokens[row];
}
