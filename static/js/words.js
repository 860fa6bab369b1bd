// PURE. How numbers and fates are written; the same words as the server's `fmt` filters.

import { gettext, ngettext, pgettext } from "./gettext.js";

export const GLYPH = Object.freeze({ open: "○", selected: "◆", kept: "●", discarded: "◌", failed: "✕" });

// Made once: to make one for each number took half of the script's time while a tree was scrolled.
const WHOLE = new Intl.NumberFormat("en-US");
const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const BELOW_A_CENT = new Intl.NumberFormat("en-US", { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });

/** 120000 micro-dollars → "$0.12"; what is below a cent keeps two significant digits. */
export function money(micros) {
  if (micros === null || micros === undefined) return "";
  const dollars = micros / 1e6;
  if (dollars === 0) return "$0";
  return `$${(Math.abs(dollars) >= 0.01 ? CENTS : BELOW_A_CENT).format(dollars)}`;
}

/** 1234 → "1,234", 45678 → "45.7k", 1234567 → "1.23M". */
export function short(count) {
  if (count === null || count === undefined) return "";
  if (count < 10_000) return WHOLE.format(count);
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1e6).toFixed(2)}M`;
}

/** 0.1234 → "12%", 0.004 → "0.4%", 0.00001 → "<0.1%". */
export function percent(share) {
  if (share > 0 && share < 0.001) return "<0.1%";
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}

/** "37 discarded · 4 failed · $0.12": what a closed line hides. */
export function counted({ nodes, discarded, failed, cost, priced }) {
  const parts = [];
  if (discarded) parts.push(gettext("{n} discarded", { n: short(discarded) }));
  if (failed) parts.push(gettext("{n} failed", { n: short(failed) }));
  const rest = nodes - discarded - failed;
  if (rest > 0) parts.push(parts.length ? gettext("{n} more", { n: short(rest) }) : ngettext(rest, "{n} node", "{n} nodes", { n: short(rest) }));
  if (priced) parts.push(money(cost));
  return parts.join(" · ");
}

/** Seconds → "2 s", "3 min", "5 h", "4 d". */
export function age(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** A word of the vocabulary as people write it. */
export const plain = (word) => (word ? pgettext("word", word.replaceAll("_", " ")) : "");
