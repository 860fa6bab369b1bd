// DOM. One row of the tree: seven cells, filled from the bones at once and from the server's part when it is here.

import { gettext } from "../gettext.js";
import { GLYPH, counted, money, percent, plain, short } from "../words.js";
import { FLAG, isRunning } from "./bones.js";
import { countRows, foldParent, foldedChildren, isFoldOpen, isOpen } from "./visible.js";

const CELLS = ["text", "fate", "value", "visits", "prior", "tokens", "cost"];
const [TOKENS, COST] = ["tokens", "cost"].map((name) => CELLS.indexOf(name));
const DEEPEST = 18;

function element(tag, className, role) {
  const made = document.createElement(tag);
  made.className = className;
  if (role) made.setAttribute("role", role);
  return made;
}

/** An empty row for the pool. */
export function makeRow() {
  const row = element("div", "row", "row");
  row.tabIndex = -1;
  const cells = CELLS.map((name) => row.appendChild(element("span", `row__cell row__${name} col-${name}`, "gridcell")));
  cells.forEach((cell, at) => cell.setAttribute("aria-colindex", at + 1));
  row.parts = { cells, indent: element("span", "row__indent"), twisty: element("span", "row__twisty"), glyph: element("span", "row__glyph"), slot: element("span", "row__slot"), count: element("span", "row__count") };
  for (const part of [row.parts.indent, row.parts.twisty]) part.setAttribute("aria-hidden", "true");
  cells[0].append(row.parts.indent, row.parts.twisty, row.parts.glyph, row.parts.slot, row.parts.count);
  return row;
}

function setAttributes(row, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value === null) row.removeAttribute(name);
    else if (row.getAttribute(name) !== String(value)) row.setAttribute(name, value);
  }
}

/** Position, level and openness, which every kind of row has. */
function place(row, { level, line, position, siblings, expanded, selected, top }) {
  setAttributes(row, {
    "aria-level": level + 1, "aria-posinset": position, "aria-setsize": siblings, "aria-rowindex": line + 2,
    "aria-expanded": expanded, "aria-selected": selected,
  });
  row.style.transform = `translateY(${top}px)`;
  row.style.setProperty("--level", Math.min(level, DEEPEST));
  row.parts.indent.textContent = level > DEEPEST ? `${level}` : "";
  row.parts.twisty.textContent = expanded === null ? "" : "›";
}

/** Draws a fold: "37 discarded · 4 failed · $0.12". */
export function drawFold(row, index, state, code, placed) {
  const open = isFoldOpen(index, state, foldParent(code));
  const total = countRows(index, foldedChildren(index, state, foldParent(code)));
  row.className = "row row--fold";
  row.parts.flesh = null;
  place(row, { ...placed, expanded: open });
  glyph(row, "discarded");
  row.parts.slot.textContent = counted({ ...total, priced: false });
  row.parts.count.textContent = open ? "" : gettext("folded");
  for (const cell of row.parts.cells.slice(1, TOKENS)) cell.textContent = "";
  amounts(row, index, total, "");
}

/** Tokens and cost of a branch, and its share of the whole as a bar under what the run is measured by: money, else tokens. */
function amounts(row, index, { tokens, cost, priced }, provenance) {
  const { whole } = index;
  const cells = row.parts.cells;
  cells[TOKENS].textContent = tokens ? short(tokens) : "";
  cells[COST].textContent = priced ? (provenance === "estimated" ? "~" : "") + money(cost) : "";
  const [warm, share] = whole.cost > 0 ? [COST, priced ? cost / whole.cost : 0] : [TOKENS, whole.tokens ? tokens / whole.tokens : 0];
  cells.forEach((cell, at) => {
    if (at < TOKENS) return;
    cell.style.setProperty("--share", at === warm ? share.toFixed(4) : "0");
    cell.title = at === warm && share ? shareWords(percent(share), provenance) : "";
  });
}

/** "12% of the run, estimated, with everything below". */
function shareWords(share, provenance) {
  return provenance
    ? gettext("{share} of the run, {provenance}, with everything below", { share, provenance: plain(provenance) })
    : gettext("{share} of the run, with everything below", { share });
}

/** Draws a node from its bones, and with the server's part where it is known. */
export function drawNode(row, index, state, at, placed, flesh) {
  const { columns, names } = index.bones;
  const fate = names.fate[columns.fate[at]] ?? "open";
  const parent = index.first[at + 1] < index.first[at + 2];
  const open = parent ? (placed.forced || isOpen(index, state, at)) : null;
  const flags = columns.flags[at];
  const running = isRunning(index.bones, at);
  row.className = `row row--${fate}${running ? " row--running" : ""}${flags & FLAG.answer ? " row--answer" : ""}${flesh ? "" : " row--bare"}${index.lost[at] ? " row--lost" : ""}${index.onPath[at] ? " row--path" : ""}${at === 0 && index.absent ? " row--absent" : ""}${state.now === index.ordinal[at] ? " row--now" : ""}`;
  place(row, { ...placed, expanded: open });
  glyph(row, fate, running);
  if (at === 0 && index.absent) row.parts.glyph.textContent = "?";
  fill(row, flesh, placed.isOld, plain(names.kind[columns.kind[at]]), plain(fate), plain(names.reason[columns.reason[at]]));
  row.parts.count.textContent = placed.leftOut ? gettext("{n} left out", { n: short(placed.leftOut) }) : open === false ? counted(countInside(index, at, fate)) : "";
  const { sums } = index;
  amounts(row, index, { tokens: sums.tokens[at], cost: sums.cost[at], priced: sums.priced[at] === 1 }, flesh?.dataset.provenance ?? "");
}

/** What a closed row hides: its subtree without itself. */
function countInside(index, at, fate) {
  const inside = countRows(index, [at]);
  return {
    ...inside, nodes: inside.nodes - (at === 0 && index.absent ? 0 : 1), priced: false,
    discarded: inside.discarded - (fate === "discarded" ? 1 : 0), failed: inside.failed - (fate === "failed" ? 1 : 0),
  };
}

function glyph(row, fate, running) {
  const { glyph: mark } = row.parts;
  mark.textContent = running ? "◔" : GLYPH[fate] ?? "·";
  mark.className = `row__glyph fate--${fate}`;
  mark.setAttribute("aria-hidden", "true");
}

function fill(row, flesh, isOld, kind, fate, reason) {
  const [, fateCell, ...numbers] = row.parts.cells.slice(0, TOKENS);
  // What the bones say is newer than the server's part, where that was of an earlier entry.
  if (flesh && isOld) fateCell.textContent = reason || fate;
  if (row.parts.flesh === flesh && flesh) return;
  row.parts.flesh = flesh;
  if (!flesh) {
    row.parts.slot.textContent = kind;
    fateCell.textContent = reason || fate;
    for (const cell of numbers) cell.textContent = "";
    return;
  }
  const copy = flesh.cloneNode(true);
  const [text, said, ...told] = copy.children;
  row.parts.slot.replaceChildren(...text.childNodes);
  if (!isOld) fateCell.replaceChildren(...said.childNodes);
  numbers.forEach((cell, at) => cell.replaceChildren(...told[at]?.childNodes ?? []));
}
