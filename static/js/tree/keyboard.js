// DOM. What each key does in the treegrid: the ARIA pattern, and single letters for readers in a hurry.

import { ROOT, childrenOf } from "./index.js";
import { foldParent } from "./visible.js";

const parentCode = (view, code) => (code < 0 ? foldParent(code) : view.index.parent[code]);

function toParent(view, code) {
  const above = parentCode(view, code);
  if (above !== ROOT) view.focusLine(view.lineOf(above));
}

/** Next or previous line of the same level under the same parent. */
function toSibling(view, line, step) {
  const { level } = view.lines;
  for (let at = line + step; at >= 0 && at < level.length && level[at] >= level[line]; at += step) {
    if (level[at] === level[line]) return view.focusLine(at);
  }
}

function right(view, line, code) {
  if (view.isOpen(code)) view.focusLine(line + 1);
  else view.toggle(code, true);
}

function left(view, line, code) {
  if (view.isOpen(code)) view.toggle(code, false);
  else toParent(view, code);
}

/** `*`: opens all siblings of the line. */
function openSiblings(view, code) {
  for (const row of childrenOf(view.index, parentCode(view, code))) view.state.toggled.set(view.index.ordinal[row], true);
  view.relayout();
}

const page = (view) => Math.max(1, Math.floor(view.scroll.clientHeight / view.rowHeight) - 1);
const KEYS = {
  ArrowDown: (view, line) => view.focusLine(line + 1),
  ArrowUp: (view, line) => view.focusLine(line - 1),
  ArrowRight: right,
  ArrowLeft: left,
  Home: (view) => view.focusLine(0),
  End: (view) => view.focusLine(Infinity),
  PageDown: (view, line) => view.focusLine(line + page(view)),
  PageUp: (view, line) => view.focusLine(line - page(view)),
  "*": (view, line, code) => openSiblings(view, code),
  " ": (view, line, code) => view.toggle(code),
  j: (view, line) => view.focusLine(line + 1),
  k: (view, line) => view.focusLine(line - 1),
  "[": (view, line) => toSibling(view, line, -1),
  "]": (view, line) => toSibling(view, line, 1),
  f: (view, line, code) => view.toggle(code),
};

/** Other letters: the next line whose text begins with what is typed within half a second. */
class TypeAhead {
  #typed = "";
  #last = 0;

  type(view, letter, now) {
    this.#typed = now - this.#last > 500 ? letter : this.#typed + letter;
    this.#last = now;
    const from = view.focusedLine();
    const count = view.lines.codes.length;
    const first = this.#typed.length > 1 ? 0 : 1;
    for (let step = first; step < Math.min(count, 5000); step++) {
      const line = (from + step) % count;
      if (this.#word(view, view.lines.codes[line]).startsWith(this.#typed)) return view.focusLine(line);
    }
  }

  #word(view, code) {
    if (code < 0) return "";
    const { names, columns } = view.index.bones;
    const known = view.flesh.get(view.index.ordinal[code])?.dataset.name;
    return (known || (names.kind[columns.kind[code]] ?? "")).toLowerCase();
  }
}

/** Listens on the rows. Enter goes on to the panel, `b` back to the answer. */
export function attachKeys(view, { onEnter, onEscape, onAnswer }) {
  const ahead = new TypeAhead();
  view.scroll.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest("[role=row]")) return;
    const line = view.focusedLine();
    const code = view.lines.codes[line];
    if (event.key === "Enter") onEnter();
    else if (event.key === "Escape") onEscape();
    else if (event.key === "b") onAnswer();
    else if (KEYS[event.key]) KEYS[event.key](view, line, code);
    else if (/^[\p{L}\p{N}]$/u.test(event.key)) ahead.type(view, event.key.toLowerCase(), event.timeStamp);
    else return;
    event.preventDefault();
  });
}
