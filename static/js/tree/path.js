// PURE. A node's path in words, from the root to it.

import { plain } from "../words.js";
import { ROOT } from "./index.js";

/** Rows from the root to `row`, both among them. */
export function pathTo(index, row) {
  const path = [];
  for (let at = row; at !== ROOT; at = index.parent[at]) path.push(at);
  return path.reverse();
}

/** One line for each: "expansion 4 + 8 = 12 (#7, selected)". `nameOf` tells what the server calls an ordinal, or "". */
export function describePath(index, row, nameOf) {
  const { names, columns } = index.bones;
  return pathTo(index, row).map((at) => {
    const ordinal = index.ordinal[at];
    const reason = plain(names.reason[columns.reason[at]]);
    const fate = plain(names.fate[columns.fate[at]]);
    return `${plain(names.kind[columns.kind[at]])} ${nameOf(ordinal)} (${[`#${ordinal}`, fate, reason].filter(Boolean).join(", ")})`.replace(/\s+/g, " ");
  }).join("\n");
}
