// PURE. Which rows hold the words that are searched for, as far as the browser knows them.

import { gettext } from "../gettext.js";
import { plain } from "../words.js";
import { FLAG, isRunning } from "./bones.js";

const NUMBER = /^#?\d*$/;

/**
 * Rows whose words (kind, fate, reason, verdict, #ordinal, answer, error, running), in English or as the page says them, or
 * whose known text hold every term, and those that the server `found` by their texts. Null when nothing is asked.
 *
 * A hundred thousand nodes have few different sets of words: each set is looked through once.
 */
export function search(index, query, textOf = () => "", found = new Set()) {
  const terms = query.toLowerCase().replaceAll("_", " ").split(/\s+/).filter(Boolean);
  if (!terms.length) return null;
  const lacking = termsLackingBy(index, terms);
  const { ordinal } = index;
  const rows = new Set();
  for (let row = 0; row < index.count; row++) {
    if (found.has(ordinal[row])) { rows.add(row); continue; }
    const { left, isNumber } = lacking(row);
    if (left.length === 0 || holdsAll(left, isNumber, ordinal[row], textOf(ordinal[row]))) rows.add(row);
  }
  return rows;
}

/** Most rows have no text here, and most terms are no part of any "#12": then no words are put together. */
function holdsAll(terms, isNumber, ordinal, text) {
  if (text === "" && !isNumber) return false;
  const number = `#${ordinal}`;
  if (text === "") return terms.every((term) => number.includes(term));
  const words = `${number} ${text}`.toLowerCase().replaceAll("_", " ");
  return terms.every((term) => words.includes(term));
}

/** The terms that the vocabulary of a row does not hold, and whether each may be a part of its number; kept for each set of words. */
function termsLackingBy(index, terms) {
  const { names, columns } = index.bones;
  const known = new Map();
  const sizes = [names.fate, names.reason, names.verdict].map((table) => table.length + 1);
  return (row) => {
    const flags = (columns.flags[row] & (FLAG.answer | FLAG.error)) | (isRunning(index.bones, row) ? FLAG.running : 0);
    const key = ((((columns.kind[row] + 1) * sizes[0] + columns.fate[row] + 1) * sizes[1] + columns.reason[row] + 1) * sizes[2] + columns.verdict[row] + 1) * 16 + flags;
    let lacking = known.get(key);
    if (lacking === undefined) {
      const said = [
        names.kind[columns.kind[row]], names.fate[columns.fate[row]], names.reason[columns.reason[row]], names.verdict[columns.verdict[row]],
        flags & FLAG.error ? "error" : "", flags & FLAG.running ? "running" : "",
      ];
      const answer = flags & FLAG.answer ? ["answer", gettext("Answer")] : [];
      const words = [...said, ...said.map(plain), ...answer].join(" ").toLowerCase().replaceAll("_", " ");
      const left = terms.filter((term) => !words.includes(term));
      known.set(key, lacking = { left, isNumber: left.every((term) => NUMBER.test(term)) });
    }
    return lacking;
  };
}
