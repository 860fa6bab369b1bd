// DOM. The lines of two aligned trees: what is folded is asked for when somebody opens it, and keys do what they do in
// a tree. Without this script each twisty is a link to a page of the lines below it.

import { gettext, ngettext } from "../gettext.js";
import { endOf, levelOf, parentOf, siblingOf } from "./places.js";

const PAGE = 12;
const typing = (target) => target.closest("input, textarea, select");

/** Attaches to `[data-aligned]`. @returns a function that detaches. */
export function attachAligned(pane) {
  const listening = new AbortController();
  const lines = new AlignedLines(pane);
  const { signal } = listening;
  pane.addEventListener("click", (event) => lines.onClick(event), { signal });
  pane.addEventListener("focusin", (event) => lines.onFocus(event), { signal });
  pane.addEventListener("keydown", (event) => lines.onKey(event), { signal });
  return () => listening.abort();
}

class AlignedLines {
  constructor(pane) {
    this.pane = pane;
    this.body = pane.querySelector("tbody");
    this.url = pane.dataset.lines;
    this.say = document.querySelector("[data-aligned-say]");
    this.#rest(this.body.rows);
    this.#take(this.#named() ?? this.body.rows[0]);
  }

  onClick(event) {
    const link = event.target.closest("[data-fetch]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#toggle(link.closest("tr"));
  }

  onFocus(event) {
    const row = event.target.closest("tr");
    if (row && row !== this.current) this.#take(row);
  }

  onKey(event) {
    const row = event.target.closest("tr.line");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    // A link inside a row keeps Enter for itself; every other key is the row's.
    if (event.key === "Enter" && event.target !== row) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act(this, row, [...this.body.rows]);
  }

  focus(row) {
    if (!row) return;
    this.#take(row);
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  open(row) {
    if (row.querySelector("[data-fetch]") && row.getAttribute("aria-expanded") !== "true") this.#toggle(row);
  }

  close(row) {
    if (row.getAttribute("aria-expanded") === "true") this.#toggle(row);
  }

  toggle(row) {
    if (row.querySelector("[data-fetch]")) this.#toggle(row);
  }

  enter(row) {
    if (row.dataset.side) window.location.assign(row.dataset.side);
    else this.toggle(row);
  }

  async #toggle(row) {
    if (row.hasAttribute("aria-busy")) return;
    if (row.getAttribute("aria-expanded") === "true") return this.#fold(row);
    const link = row.querySelector("[data-fetch]");
    row.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.url + new URL(link.href).search);
      if (!answer.ok) throw new Error(`lines: ${answer.status}`);
      this.#put(row, link.dataset.fetch === "instead", await answer.text());
    } catch {
      this.say.textContent = gettext("The lines could not be loaded.");
    } finally {
      row.removeAttribute("aria-busy");
    }
  }

  #fold(row) {
    const rows = [...this.body.rows];
    const at = rows.indexOf(row);
    for (const each of rows.slice(at + 1, endOf(rows.map(levelOf), at))) each.remove();
    row.setAttribute("aria-expanded", "false");
  }

  #put(row, isInstead, html) {
    const piece = document.createElement("template");
    piece.innerHTML = `<table><tbody>${html}</tbody></table>`;
    const rows = [...piece.content.querySelectorAll("tr")];
    this.#rest(rows);
    const had = row === this.current;
    const more = rows.at(-1)?.classList.contains("line--more") ? rows.at(-1) : null;
    // What is left of the lines below a row belongs to it: folding the row takes it away too.
    more?.setAttribute("aria-level", isInstead ? row.getAttribute("aria-level") : levelOf(row) + 1);
    row.after(...rows);
    this.say.textContent = ngettext(rows.length - (more ? 1 : 0), "{n} line", "{n} lines");
    if (!isInstead) return row.setAttribute("aria-expanded", "true");
    row.remove();
    if (had && rows[0]) this.focus(rows[0]);
  }

  /** Only the row that has the focus, and what is in it, is stopped at by Tab. */
  #rest(rows) {
    for (const row of rows) {
      row.tabIndex = -1;
      for (const link of row.querySelectorAll("a")) link.tabIndex = -1;
    }
  }

  #take(row) {
    if (this.current) this.#rest([this.current]);
    this.current = row;
    if (!row) return;
    row.tabIndex = 0;
    for (const link of row.querySelectorAll("a:not([data-fetch])")) link.tabIndex = 0;
  }

  #named() {
    return window.location.hash.startsWith("#line-") ? this.body.querySelector(`[id="${CSS.escape(window.location.hash.slice(1))}"]`) : null;
  }
}

const by = (step) => (lines, row, rows) => lines.focus(rows[Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1)]);
const sibling = (step) => (lines, row, rows) => lines.focus(rows[siblingOf(rows.map(levelOf), rows.indexOf(row), step)]);

function right(lines, row, rows) {
  if (row.getAttribute("aria-expanded") === "true") by(1)(lines, row, rows);
  else lines.open(row);
}

function left(lines, row, rows) {
  if (row.getAttribute("aria-expanded") === "true") lines.close(row);
  else lines.focus(rows[parentOf(rows.map(levelOf), rows.indexOf(row))]);
}

const KEYS = {
  ArrowDown: by(1), ArrowUp: by(-1), j: by(1), k: by(-1), PageDown: by(PAGE), PageUp: by(-PAGE),
  Home: by(-Infinity), End: by(Infinity), ArrowRight: right, ArrowLeft: left, "[": sibling(-1), "]": sibling(1),
  " ": (lines, row) => lines.toggle(row), f: (lines, row) => lines.toggle(row), Enter: (lines, row) => lines.enter(row),
};
