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
  row.parts = { cells, indent: element("span", "row__indent"), twisty: element("span", "row__twisty"), glyph: element("span", "row__glyph"), slot: element("span", "row__slot"), count: element("span", "row__count"), attributes: {} };
  for (const part of [row.parts.indent, row.parts.twisty, row.parts.glyph]) part.setAttribute("aria-hidden", "true");
  cells[0].append(row.parts.indent, row.parts.twisty, row.parts.glyph, row.parts.slot, row.parts.count);
  return row;
}

/** Puts words into an element, unless they stand there: a leap shows other nodes with mostly the same words, and only what differs is laid out again. */
function say(element, words) {
  const { firstChild: only } = element;
  if (only?.nodeType !== Node.TEXT_NODE || only.nextSibling || words === "") {
    if (only || words !== "") element.textContent = words;
  } else if (only.data !== words) only.data = words;
}

function setClass(element, className) {
  if (element.className !== className) element.className = className;
}

/** Sets what differs from what was set last, which is known without asking the document. */
function setAttributes(row, values) {
  const { attributes } = row.parts;
  for (const [name, value] of Object.entries(values)) {
    if (attributes[name] === value) continue;
    attributes[name] = value;
    if (value === null) row.removeAttribute(name);
    else row.setAttribute(name, value);
  }
}

/** Position, level and openness, which every kind of row has. */
function place(row, { level, line, position, siblings, expanded, selected, top }) {
  setAttributes(row, {
    "aria-level": level + 1, "aria-posinset": position, "aria-setsize": siblings, "aria-rowindex": line + 2,
    "aria-expanded": expanded, "aria-selected": selected,
  });
  row.style.transform = `translateY(${top}px)`;
  // On the indent alone: of the row it would be inherited by all that is in it, and each style worked out again.
  row.parts.indent.style.setProperty("--level", Math.min(level, DEEPEST));
  say(row.parts.indent, level > DEEPEST ? `${level}` : "");
  say(row.parts.twisty, expanded === null ? "" : "›");
}

/** Draws a fold: "37 discarded · 4 failed · $0.12". */
export function drawFold(row, index, state, code, placed) {
  const open = isFoldOpen(index, state, foldParent(code));
  const total = countRows(index, foldedChildren(index, state, foldParent(code)));
  setClass(row, "row row--fold");
  row.parts.flesh = null;
  place(row, { ...placed, expanded: open });
  glyph(row, "discarded");
  say(row.parts.slot, counted({ ...total, priced: false }));
  say(row.parts.count, open ? "" : gettext("folded"));
  for (const cell of row.parts.cells.slice(1, TOKENS)) say(cell, "");
  amounts(row, index, total, "");
}

/** Tokens and cost of a branch, and its share of the whole as a bar under what the run is measured by: money, else tokens. */
function amounts(row, index, { tokens, cost, priced }, provenance) {
  const { whole } = index;
  const cells = row.parts.cells;
  say(cells[TOKENS], tokens ? short(tokens) : "");
  say(cells[COST], priced ? (provenance === "estimated" ? "~" : "") + money(cost) : "");
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
  setClass(row, `row row--${fate}${running ? " row--running" : ""}${flags & FLAG.answer ? " row--answer" : ""}${flesh ? "" : " row--bare"}${index.lost[at] ? " row--lost" : ""}${index.onPath[at] ? " row--path" : ""}${at === 0 && index.absent ? " row--absent" : ""}${state.now === index.ordinal[at] ? " row--now" : ""}`);
  place(row, { ...placed, expanded: open });
  glyph(row, fate, running);
  if (at === 0 && index.absent) say(row.parts.glyph, "?");
  fill(row, flesh, placed.isOld, plain(names.kind[columns.kind[at]]), plain(fate), plain(names.reason[columns.reason[at]]));
  say(row.parts.count, placed.leftOut ? gettext("{n} left out", { n: short(placed.leftOut) }) : open === false ? counted(countInside(index, at, fate)) : "");
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
  say(mark, running ? "◔" : GLYPH[fate] ?? "·");
  setClass(mark, `row__glyph fate--${fate}`);
}

function fill(row, flesh, isOld, kind, fate, reason) {
  const [, fateCell, ...numbers] = row.parts.cells.slice(0, TOKENS);
  // What the bones say is newer than the server's part, where that was of an earlier entry.
  if (flesh && isOld) say(fateCell, reason || fate);
  if (row.parts.flesh === flesh && flesh) return;
  row.parts.flesh = flesh;
  if (!flesh) {
    say(row.parts.slot, kind);
    say(fateCell, reason || fate);
    for (const cell of numbers) say(cell, "");
    return;
  }
  const copy = flesh.cloneNode(true);
  const [text, said, ...told] = copy.children;
  row.parts.slot.replaceChildren(...text.childNodes);
  if (!isOld) fateCell.replaceChildren(...said.childNodes);
  numbers.forEach((cell, at) => cell.replaceChildren(...told[at]?.childNodes ?? []));
}
