// DOM. The treegrid: a pool of rows over a window of lines, one of them with the focus.
//
// A row is kept by what it shows (a node or a fold), not by where: growth moves it, and its focus with it. The
// focused row is never recycled, however far it is scrolled away.

import { ROOT, childrenOf, rowOf } from "./index.js";
import { drawFold, drawNode, makeRow } from "./row.js";
import { isNarrowed } from "./kept.js";
import { focusPath, foldCode, foldParent, isFoldOpen, isOpen, lineOf, newState, reveal, visibleLines } from "./visible.js";
import { anchorOf, clamp, scrollTo, topForAnchor, windowOf } from "./window.js";

const AT_REST = 120;

export class TreeView {
  state = newState();
  index = null;
  lines = { codes: new Int32Array(0), level: new Int32Array(0), places: new Int32Array(2), kept: null };
  focused = null;
  selected = null;
  #drawn = new Map();
  #pool = [];
  #frame = 0;
  #layout = 0;
  #rest = 0;

  constructor({ grid, scroll, spacer, rowHeight, flesh, onFocus, onLayout }) {
    Object.assign(this, { grid, scroll, spacer, rowHeight, flesh, onFocus, onLayout });
    scroll.addEventListener("scroll", () => this.draw(), { passive: true });
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(scroll);
  }

  close() {
    this.resized.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
  }

  /** The tree as it is now. What was in view stays where it was. */
  setIndex(index) {
    const anchored = this.#anchor();
    this.index = index;
    this.relayout(anchored);
  }

  /** Lays the lines out again after something was opened, closed, filtered or added. */
  relayout(anchored = this.#anchor()) {
    this.lines = visibleLines(this.index, this.state);
    this.#layout++;
    const height = this.lines.codes.length * this.rowHeight;
    this.spacer.style.height = `${height}px`;
    this.onLayout(height);
    this.grid.setAttribute("aria-rowcount", this.lines.codes.length + 1);
    const line = anchored ? this.#lineOfKey(anchored.key) : -1;
    if (line >= 0) this.scroll.scrollTop = topForAnchor({ line, offset: anchored.offset, rowHeight: this.rowHeight });
    this.drawNow();
  }

  #anchor() {
    const count = this.lines.codes.length;
    const { scrollTop, clientHeight } = this.scroll;
    if (!count || scrollTop === 0) return null;
    const focus = this.focused === null ? -1 : this.#lineOfKey(this.focused);
    const offset = focus * this.rowHeight - scrollTop;
    if (focus >= 0 && offset >= 0 && offset < clientHeight) return { key: this.focused, offset };
    const anchor = anchorOf({ top: scrollTop, rowHeight: this.rowHeight, count });
    return { key: this.keyOf(this.lines.codes[anchor.line]), offset: anchor.offset };
  }

  /** A name for a line that outlives a new index: "12" for a node, "f12" for the fold under it. */
  keyOf(code) {
    if (code >= 0) return String(this.index.ordinal[code]);
    return foldParent(code) === ROOT ? "f" : `f${this.index.ordinal[foldParent(code)]}`;
  }

  codeOf(key) {
    if (key === "f") return foldCode(ROOT);
    const row = rowOf(this.index, Number(key.replace("f", "")));
    return key.startsWith("f") ? (row < 0 ? null : foldCode(row)) : row < 0 ? null : row;
  }

  #lineOfKey(key) {
    const code = this.codeOf(key);
    return code === null ? -1 : this.lineOf(code);
  }

  /** The line on which a node or a fold is shown, or -1. */
  lineOf(code) {
    return lineOf(this.lines, code);
  }

  draw() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.index) return;
    const { codes } = this.lines;
    const { from, to } = this.#window(codes);
    const wanted = new Map();
    for (let line = from; line < to; line++) wanted.set(this.keyOf(codes[line]), line);
    if (this.focused !== null && !wanted.has(this.focused)) {
      const line = this.#lineOfKey(this.focused);
      if (line >= 0) wanted.set(this.focused, line);
      else this.focused = null;
    }
    if (this.focused === null && codes.length) this.focused = this.keyOf(codes[clamp(from, 0, codes.length - 1)]);
    if (this.focused !== null && !wanted.has(this.focused)) wanted.set(this.focused, this.#lineOfKey(this.focused));
    this.#recycle(wanted);
    for (const [key, line] of wanted) this.#drawLine(key, line);
    this.#hideIdle();
    this.#askFor(from, to);
  }

  /** Where little of what is in view is drawn, that is drawn now, and what is around it at rest: twice as many rows are no frame's work. */
  #window(codes) {
    const { scrollTop: top, clientHeight: height } = this.scroll;
    const within = { top, height, rowHeight: this.rowHeight, count: codes.length };
    const inView = windowOf({ ...within, overdraw: 1 });
    clearTimeout(this.#rest);
    if (this.#countDrawn(codes, inView) >= (inView.to - inView.from) / 2) return windowOf(within);
    this.#rest = setTimeout(() => this.draw(), AT_REST);
    return inView;
  }

  #countDrawn(codes, { from, to }) {
    let drawn = 0;
    for (let line = from; line < to; line++) drawn += this.#drawn.has(this.keyOf(codes[line])) ? 1 : 0;
    return drawn;
  }

  #recycle(wanted) {
    for (const [key, row] of this.#drawn) {
      if (wanted.has(key)) continue;
      this.#drawn.delete(key);
      row.parts.flesh = null;
      this.#pool.push(row);
    }
  }

  /** Rows for which no line was found. Only now: hidden and shown again in one frame costs each row its style. */
  #hideIdle() {
    for (const row of this.#pool) {
      if (!row.hidden) row.hidden = true;
    }
  }

  #drawLine(key, line) {
    let row = this.#drawn.get(key);
    if (!row) {
      row = this.#pool.pop() ?? this.spacer.appendChild(makeRow());
      if (row.hidden) row.hidden = false;
      row.dataset.key = key;
      this.#drawn.set(key, row);
    }
    row.tabIndex = key === this.focused ? 0 : -1;
    const code = this.lines.codes[line];
    const flesh = code < 0 ? undefined : this.flesh.get(this.index.ordinal[code]);
    const selected = key === this.selected;
    if (row.drawn?.layout === this.#layout && row.drawn.key === key && row.drawn.flesh === flesh && row.drawn.selected === selected) return;
    row.drawn = { layout: this.#layout, key, flesh, selected };
    const placed = { ...this.#place(code), line, level: this.lines.level[line], top: line * this.rowHeight, selected, isOld: code >= 0 && this.flesh.missing(this.index.ordinal[code]) };
    if (code < 0) drawFold(row, this.index, this.state, code, placed);
    else drawNode(row, this.index, this.state, code, placed, flesh);
  }

  #place(code) {
    const { index, state } = this;
    const { kept } = this.lines;
    const siblings = childrenOf(index, code < 0 ? foldParent(code) : index.parent[code]);
    return { forced: kept !== null, leftOut: kept && code >= 0 ? kept.leftOut[code] : 0, siblings: siblings.length, position: code < 0 ? siblings.length : index.position[code] };
  }

  #askFor(from, to) {
    const ordinals = [];
    for (let line = from; line < to; line++) {
      if (this.lines.codes[line] >= 0) ordinals.push(this.index.ordinal[this.lines.codes[line]]);
    }
    this.flesh.want(ordinals);
  }

  /** Moves the focus, scrolling as little as it must. */
  focusLine(line, { quietly = false } = {}) {
    const { codes } = this.lines;
    if (!codes.length) return;
    const at = clamp(line, 0, codes.length - 1);
    this.focused = this.keyOf(codes[at]);
    const { scrollTop, clientHeight } = this.scroll;
    this.scroll.scrollTop = scrollTo({ line: at, top: scrollTop, height: clientHeight, rowHeight: this.rowHeight });
    if (codes[at] >= 0) this.selected = this.focused;
    this.drawNow();
    if (!quietly) this.#take(this.#drawn.get(this.focused));
    this.onFocus(codes[at] >= 0 ? this.index.ordinal[codes[at]] : null);
  }

  /** Puts the focus on a row, and scrolls the page to it: the pane may reach below the screen. */
  #take(row) {
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  /** Scrolls to a node where it has a line, and no further than it must; the focus stays where it is. */
  bringIntoView(ordinal) {
    const row = rowOf(this.index, ordinal);
    const line = row < 0 ? -1 : this.lineOf(row);
    if (line < 0) return;
    const { scrollTop, clientHeight } = this.scroll;
    this.scroll.scrollTop = scrollTo({ line, top: scrollTop, height: clientHeight, rowHeight: this.rowHeight });
  }

  /** Shows a node wherever it is hidden, and puts the focus on it. @returns {boolean} whether it is known. */
  show(ordinal, options) {
    const row = rowOf(this.index, ordinal);
    if (row < 0) return false;
    this.state.pinned = ordinal;
    reveal(this.index, this.state, row);
    this.relayout(null);
    const line = Math.max(0, this.lineOf(row));
    this.scroll.scrollTop = Math.max(0, line * this.rowHeight - this.scroll.clientHeight / 3);
    this.focusLine(line, options);
    return true;
  }

  /** Puts the focus on the answer, and closes what does not lead to it. @returns {boolean} whether there is one. */
  showAnswer() {
    const { index, state } = this;
    if (index.answer < 0) return false;
    if (!isNarrowed(state)) focusPath(index, state, index.answer);
    return this.show(index.ordinal[index.answer]);
  }

  focusedLine() {
    return this.focused === null ? 0 : Math.max(0, this.#lineOfKey(this.focused));
  }

  isOpen(code) {
    if (code < 0) return isFoldOpen(this.index, this.state, foldParent(code));
    return childrenOf(this.index, code).length > 0 && isOpen(this.index, this.state, code);
  }

  /** Opens or closes a line. A leaf does neither. */
  toggle(code, open = !this.isOpen(code)) {
    if (code < 0) {
      const key = foldParent(code) === ROOT ? ROOT : this.index.ordinal[foldParent(code)];
      this.state.openFolds[open ? "add" : "delete"](key);
    } else if (childrenOf(this.index, code).length) {
      this.state.toggled.set(this.index.ordinal[code], open);
    }
    this.relayout();
  }
}
