// PURE. Which rows are shown, in order, given what is open, what is filtered and what is searched.
//
// A shown line is a node (its row, >= 0) or a fold: the discarded children of one parent, counted and
// hidden behind one line. A fold's code is -(parent row) - 2, so that the fold of the roots is -1.
// Whatever is not shown is counted by a line that is.

import { FLAG, isRunning } from "./bones.js";
import { ROOT, childrenOf } from "./index.js";

export const foldCode = (parent) => -parent - 2;
export const foldParent = (code) => -code - 2;
export const MODES = ["folded", "all", "discarded", "failed"];

/** What a person has opened and closed, by ordinal, so that it survives growth. */
export function newState() {
  return { mode: "folded", toggled: new Map(), openFolds: new Set(), matches: null };
}

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

/** The discarded children that one line stands for: those that lead nowhere alive, from two upward. */
export function foldedChildren(index, state, parent) {
  if (state.mode !== "folded" || state.matches) return [];
  const found = [];
  for (const row of childrenOf(index, parent)) {
    if (isDiscarded(index, row) && !index.sums.alive[row]) found.push(row);
  }
  return found.length >= 2 ? found : [];
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

/** @returns {{codes: Int32Array, level: Int32Array, hits: number}} the lines in order, with their levels from 0. */
export function visibleLines(index, state) {
  const kept = keptRows(index, state);
  const codes = [];
  const levels = [];
  const stack = [];
  pushChildren(index, state, kept, ROOT, 0, stack);
  while (stack.length) {
    const level = stack.pop();
    const code = stack.pop();
    codes.push(code);
    levels.push(level);
    if (code < 0) {
      if (isFoldOpen(index, state, foldParent(code))) pushRows(foldedChildren(index, state, foldParent(code)), level + 1, stack);
    } else if (kept || isOpen(index, state, code)) {
      pushChildren(index, state, kept, code, level + 1, stack);
    }
  }
  return { codes: Int32Array.from(codes), level: Int32Array.from(levels), hits: kept ? kept.hits : index.nodes };
}

function pushRows(rows, level, stack) {
  for (let at = rows.length - 1; at >= 0; at--) stack.push(rows[at], level);
}

function pushChildren(index, state, kept, parent, level, stack) {
  const { first, children } = index;
  const from = first[parent + 1];
  const to = first[parent + 2];
  if (from === to) return;
  const folded = kept ? [] : foldedChildren(index, state, parent);
  if (folded.length) stack.push(foldCode(parent), level);
  const hidden = folded.length ? new Set(folded) : null;
  for (let at = to - 1; at >= from; at--) {
    const row = children[at];
    if (hidden?.has(row) || (kept && !kept.shown[row])) continue;
    stack.push(row, level);
  }
}

/** Rows that a filter or a search lets through, with everything above them; null when nothing is asked. */
function keptRows(index, state) {
  const wanted = state.mode === "discarded" || state.mode === "failed" ? index.bones.names.fate.indexOf(state.mode) : null;
  if (wanted === null && !state.matches) return null;
  const shown = new Uint8Array(index.count);
  let hits = 0;
  for (let row = 0; row < index.count; row++) {
    if (wanted !== null && index.bones.columns.fate[row] !== wanted) continue;
    if (state.matches && !state.matches.has(row)) continue;
    hits += row === 0 && index.absent ? 0 : 1;
    for (let above = row; above !== ROOT && !shown[above]; above = index.parent[above]) shown[above] = 1;
  }
  return { shown, hits };
}

/**
 * Rows whose words (kind, fate, reason, verdict, #ordinal, answer, error, running) or known text hold every term, and
 * those that the server `found` by their texts. Null when nothing is asked.
 */
export function search(index, query, textOf = () => "", found = new Set()) {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!terms.length) return null;
  const { names, columns } = index.bones;
  const rows = new Set();
  for (let row = 0; row < index.count; row++) {
    const words = [
      names.kind[columns.kind[row]], names.fate[columns.fate[row]], names.reason[columns.reason[row]],
      names.verdict[columns.verdict[row]], `#${columns.ordinal[row]}`,
      columns.flags[row] & FLAG.answer ? "answer" : "", columns.flags[row] & FLAG.error ? "error" : "",
      isRunning(index.bones, row) ? "running" : "", textOf(columns.ordinal[row]),
    ].join(" ").toLowerCase().replaceAll("_", " ");
    if (found.has(columns.ordinal[row]) || terms.every((term) => words.includes(term.replaceAll("_", " ")))) rows.add(row);
  }
  return rows;
}

/** Opens everything above `row`, so that it can be shown. */
export function reveal(index, state, row) {
  for (let at = row; at !== ROOT; at = index.parent[at]) {
    const above = index.parent[at];
    if (above !== ROOT && !isOpen(index, state, above)) state.toggled.set(index.ordinal[above], true);
    if (foldedChildren(index, state, above).includes(at)) state.openFolds.add(parentKey(index, above));
  }
}
