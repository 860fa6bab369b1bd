// PURE. A view of a tree as an address says it: `?fate=discarded&reason=outvoted&cost_from=0.05&q=paris&show=all#node=12`.

import { WORDS, noFilters, readDollars } from "./filters.js";

/** @returns {{filters: object, mode: string, query: string}} what the part after "?" asks for. */
export function readView(search) {
  const asked = new URLSearchParams(search);
  const filters = noFilters();
  for (const name of WORDS) filters[name] = asked.get(name) ?? "";
  filters.cost = readDollars(asked.get("cost_from"));
  return { filters, mode: asked.get("show") === "all" ? "all" : "folded", query: asked.get("q") ?? "" };
}

/** The part from "?" on that asks for this view and keeps all else it said; "" when nothing is asked. */
export function writeView(search, { filters, mode, query }) {
  const said = new URLSearchParams(search);
  const wanted = {
    ...Object.fromEntries(WORDS.map((name) => [name, filters[name]])), cost_from: filters.cost === null ? "" : String(filters.cost),
    show: mode === "all" ? "all" : "", q: query.trim(),
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (value === "") said.delete(name);
    else said.set(name, value);
  }
  const text = said.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

/** The node that "#node=…" names, by ordinal or by id, or null. */
export function nodeIn(hash) {
  const named = /^#node=(.+?)(?:&part=[\w-]+)?$/.exec(hash)?.[1];
  if (named === undefined) return null;
  try {
    return decodeURIComponent(named);
  } catch {
    return named;
  }
}

/** The part of the node that "#node=…&part=…" names, or null. */
export const partIn = (hash) => /^#node=.+&part=([\w-]+)$/.exec(hash)?.[1] ?? null;
