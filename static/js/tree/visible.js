// PURE. Which rows are shown, in order, given what is open, what is filtered and what is searched.
//
// A shown line is a node (its row, >= 0) or a fold: the discarded children of one parent, counted and
// hidden behind one line. A fold's code is -(parent row) - 2, so that the fold of the roots is -1.
// Whatever is not shown is counted by a line that is.

import { noFilters } from "./filters.js";
import { ROOT, childrenOf } from "./index.js";
import { isNarrowed, keptRows } from "./kept.js";

export const foldCode = (parent) => -parent - 2;
export const foldParent = (code) => -code - 2;

/**
 * What a person has opened, closed and asked for, by ordinal, so that it survives growth. `mode` is "folded" or "all",
 * `matches` the rows that a search found, `pinned` the node that is shown whatever is asked, `now` the one that an entry
 * speaks of, where the tree is played back.
 */
export function newState() {
  return { mode: "folded", toggled: new Map(), openFolds: new Set(), matches: null, filters: noFilters(), pinned: null, now: null };
}

const NOTHING = new Int32Array(0);

const parentKey = (index, row) => (row === ROOT ? ROOT : index.ordinal[row]);

/** Whether the children of `row` are shown. Discarded subtrees start closed, unless all is asked for. */
export function isOpen(index, state, row) {
  const chosen = state.toggled.get(index.ordinal[row]);
  if (chosen !== undefined) return chosen;
  if (state.mode !== "folded") return true;
  return index.sums.alive[row] === 1 || !isDiscarded(index, row);
}

export function isFoldOpen(index, state, parent) {
  return state.openFolds.has(parentKey(index, parent));
}

export function isDiscarded(index, row) {
  return index.bones.names.fate[index.bones.columns.fate[row]] === "discarded";
}

const canFold = (index, row) => index.sums.alive[row] === 0 && isDiscarded(index, row);

/** The discarded children that one line stands for: those that lead nowhere alive, from two upward. */
export function foldedChildren(index, state, parent) {
  return folds(index, state, parent) ? childrenOf(index, parent).filter((row) => canFold(index, row)) : NOTHING;
}

/** Whether a line stands for the discarded children of `parent`. */
function folds(index, state, parent) {
  if (state.mode !== "folded" || isNarrowed(state)) return false;
  const { first, children } = index;
  let found = 0;
  for (let at = first[parent + 1]; at < first[parent + 2]; at++) {
    if (canFold(index, children[at]) && ++found === 2) return true;
  }
  return false;
}

/** Sums over some rows with their subtrees: what a fold's line says. */
export function countRows(index, rows) {
  const { sums } = index;
  const total = { nodes: 0, discarded: 0, failed: 0, cost: 0, tokens: 0, priced: false };
  for (const row of rows) {
    total.nodes += sums.nodes[row];
    total.discarded += sums.discarded[row];
    total.failed += sums.failed[row];
    total.cost += sums.cost[row];
    total.tokens += sums.tokens[row];
    total.priced ||= sums.priced[row] === 1;
  }
  return total;
}

/**
 * @returns {{codes: Int32Array, level: Int32Array, places: Int32Array, kept: object | null}} the lines in order, with their
 * levels from 0; `places` is for `lineOf`, `kept` what was asked for leaves (kept.js).
 */
export function visibleLines(index, state) {
  const kept = keptRows(index, state);
  const { codes, level, count } = kept || state.mode !== "folded" ? linesInOrder(index, state, kept) : linesWithFolds(index, state);
  return { codes: codes.slice(0, count), level: level.slice(0, count), places: placesOf(index, codes, count), kept };
}

/** Where nothing is folded the lines are the pre-order, less what is left out or under a closed row: one pass, no stack. */
function linesInOrder({ preorder, depth, ordinal, count: rows }, { toggled }, kept) {
  const codes = new Int32Array(rows);
  const level = new Int32Array(rows);
  const chosen = toggled.size > 0 && !kept;
  let count = 0;
  let closed = Infinity;
  for (let at = 0; at < rows; at++) {
    const row = preorder[at];
    if (depth[row] > closed || (kept && !kept.shown[row])) continue;
    closed = chosen && toggled.get(ordinal[row]) === false ? depth[row] : Infinity;
    codes[count] = row;
    level[count++] = depth[row];
  }
  return { codes, level, count };
}

function linesWithFolds(index, state) {
  // A fold stands for two nodes at least.
  const most = Math.ceil(index.count * 1.5) + 1;
  const codes = new Int32Array(most);
  const level = new Int32Array(most);
  const stack = { codes: new Int32Array(most), level: new Int32Array(most), top: 0 };
  let count = 0;
  pushChildren(index, state, ROOT, 0, stack);
  while (stack.top > 0) {
    const code = codes[count] = stack.codes[--stack.top];
    const at = level[count++] = stack.level[stack.top];
    if (code < 0) {
      if (isFoldOpen(index, state, foldParent(code))) pushRows(foldedChildren(index, state, foldParent(code)), at + 1, stack);
    } else if (isOpen(index, state, code)) {
      pushChildren(index, state, code, at + 1, stack);
    }
  }
  return { codes, level, count };
}

/** Codes from that of the last row's fold to that of the last row, each with its line. */
function placesOf(index, codes, count) {
  const places = new Int32Array(2 * index.count + 2).fill(-1);
  const middle = index.count + 1;
  for (let line = 0; line < count; line++) places[codes[line] + middle] = line;
  return places;
}

/** The line on which a node or a fold is shown, or -1. */
export function lineOf({ places }, code) {
  return places[code + places.length / 2] ?? -1;
}

function push(stack, code, level) {
  stack.codes[stack.top] = code;
  stack.level[stack.top++] = level;
}

function pushRows(rows, level, stack) {
  for (let at = rows.length - 1; at >= 0; at--) push(stack, rows[at], level);
}

function pushChildren(index, state, parent, level, stack) {
  const { first, children } = index;
  const from = first[parent + 1];
  const to = first[parent + 2];
  if (from === to) return;
  const folded = folds(index, state, parent);
  if (folded) push(stack, foldCode(parent), level);
  for (let at = to - 1; at >= from; at--) {
    const row = children[at];
    if (!folded || !canFold(index, row)) push(stack, row, level);
  }
}

/** Opens everything above `row`, so that it can be shown. */
export function reveal(index, state, row) {
  for (let at = row; at !== ROOT; at = index.parent[at]) {
    const above = index.parent[at];
    if (above !== ROOT && !isOpen(index, state, above)) state.toggled.set(index.ordinal[above], true);
    if (foldedChildren(index, state, above).includes(at)) state.openFolds.add(parentKey(index, above));
  }
}

/** Opens the path to `row` and closes what leads elsewhere, so that it stands alone among its siblings. */
export function focusPath(index, state, row) {
  state.mode = "folded";
  state.toggled.clear();
  state.openFolds.clear();
  for (let at = row; at !== ROOT; at = index.parent[at]) {
    const above = index.parent[at];
    if (above !== ROOT) state.toggled.set(index.ordinal[above], true);
    for (const beside of childrenOf(index, above)) {
      if (beside !== at) state.toggled.set(index.ordinal[beside], false);
    }
  }
  reveal(index, state, row);
}
