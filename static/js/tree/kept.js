// PURE. What a filter or a search leaves of a tree: the rows that match, everything above them, and a count of the rest.
//
// The guarantee: rows that are shown, and what each of them says is left out under it, and what is left out beside the
// roots, come to all nodes of the run.

import { asksAnything, matchRows } from "./filters.js";
import { ROOT, rowOf } from "./index.js";

export function isNarrowed(state) {
  return state.matches !== null || asksAnything(state.filters);
}

/**
 * Null when nothing is asked. `shown` marks rows, `hits` counts those that match; `leftOut` counts, for each row that is
 * shown, the nodes of branches right under it that are not, `outside` those of whole roots.
 */
export function keptRows(index, state) {
  if (!isNarrowed(state)) return null;
  const asked = matchRows(index, state.filters);
  const shown = new Uint8Array(index.count);
  let hits = 0;
  for (let row = 0; row < index.count; row++) {
    if (asked && !asked[row]) continue;
    if (state.matches && !state.matches.has(row)) continue;
    hits += row === 0 && index.absent ? 0 : 1;
    showWithAbove(index, shown, row);
  }
  // Who was sent to a node sees it, also where it is none of those asked for.
  if (state.pinned !== null) showWithAbove(index, shown, rowOf(index, state.pinned));
  return { shown, hits, ...countLeftOut(index, shown) };
}

function showWithAbove(index, shown, row) {
  for (let at = row; at !== ROOT && !shown[at]; at = index.parent[at]) shown[at] = 1;
}

function countLeftOut(index, shown) {
  const { parent, sums, count } = index;
  const leftOut = new Int32Array(count);
  let outside = 0;
  for (let row = 0; row < count; row++) {
    if (shown[row]) continue;
    const above = parent[row];
    if (above === ROOT) outside += sums.nodes[row];
    else if (shown[above]) leftOut[above] += sums.nodes[row];
  }
  return { leftOut, outside };
}
