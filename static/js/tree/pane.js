// DOM. A tree on a page: joins the loader, the search, the filters, the tools, the grid and the panel.

import { gettext } from "../gettext.js";
import { nodeIn, partIn, readView, writeView } from "./address.js";
import { FLAG } from "./bones.js";
import { ChosenNode } from "./chosen.js";
import { Copying } from "./copying.js";
import { Filtering } from "./filtering.js";
import { Flesh } from "./flesh.js";
import { buildIndex, rowOf } from "./index.js";
import { attachKeys } from "./keyboard.js";
import { BonesLoader } from "./loader.js";
import { attachMinimap } from "./minimap.js";
import { MomentsGiven } from "./moments.js";
import { Searching } from "./searching.js";
import { TreeNews, showTally } from "./telling.js";
import { TreeView } from "./view.js";

const PARTS = ["grid", "scroll", "spacer", "search", "tally", "say", "filter", "filters", "asked", "answer", "map"];
const COLUMNS = ["value", "visits", "prior", "scale"];

const ROOM_FOR_FILTERS = "(min-width: 561px)";

/** Attaches to `[data-tree]`. @returns a function that detaches. */
export function attachTree(pane) {
  const tree = new TreePane(pane);
  tree.start();
  return () => tree.stop();
}

class TreePane {
  #tallest = 0;
  #listening = new AbortController();

  constructor(pane) {
    const { run, bonesUrl, rowsUrl, searchUrl } = pane.dataset;
    const { signal } = this.#listening;
    this.pane = pane;
    this.parts = Object.fromEntries(PARTS.map((name) => [name, pane.querySelector(`[data-part=${name}]`)]));
    this.flesh = new Flesh(rowsUrl, () => this.view.draw());
    this.chosen = new ChosenNode(this.flesh);
    this.news = new TreeNews(this.parts.say);
    this.loader = bonesUrl
      ? new BonesLoader(bonesUrl, run, (ordinals, rows) => this.#takePiece(ordinals, rows))
      : new MomentsGiven(pane, (moment) => this.#takeMoment(moment), signal);
    this.searching = new Searching({
      field: this.parts.search,
      url: searchUrl,
      textOf: (ordinal) => this.flesh.textOf(ordinal),
      onChange: () => this.#narrow(),
    });
    this.filtering = new Filtering({
      form: this.parts.filters, button: this.parts.filter, tally: this.parts.asked, signal,
      onChange: () => this.#narrow(),
    });
    this.view = new TreeView({
      ...this.parts,
      rowHeight: parseFloat(getComputedStyle(pane).getPropertyValue("--row")) || 28,
      flesh: this.flesh,
      onFocus: (ordinal) => ordinal !== null && this.chosen.choose(ordinal),
      onLayout: (height) => this.#onLayout(height),
    });
    this.map = attachMinimap(this.parts.map, this.view, signal);
    this.copying = new Copying({ view: this.view, flesh: this.flesh, say: (text) => this.news.say(text) });
  }

  start() {
    const { pane, parts, view } = this;
    const { signal } = this.#listening;
    this.#readAddress();
    pane.addEventListener("click", (event) => this.#onTool(event), { signal });
    parts.scroll.addEventListener("click", (event) => this.#onLine(event), { signal });
    parts.search.addEventListener("input", () => this.searching.restart(), { signal });
    parts.search.addEventListener("keydown", (event) => this.#onSearchKey(event), { signal });
    document.addEventListener("live:poke", (event) => this.#onPoke(event), { signal });
    document.addEventListener("tree:show", (event) => this.#onShow(event), { signal });
    document.addEventListener("click", (event) => this.#onPanel(event), { signal });
    document.addEventListener("keydown", (event) => this.#onPanelKey(event), { signal });
    window.addEventListener("hashchange", () => view.index && this.#openAtAddress(), { signal });
    attachKeys(view, {
      onEnter: () => this.#enter(),
      onEscape: () => parts.search.focus(),
      onAnswer: () => this.#showAnswer(),
    });
    this.loader.load().catch(() => { pane.dataset.failed = ""; });
  }

  stop() {
    this.#listening.abort();
    this.view.close();
  }

  #onLayout(height) {
    this.#growRoom(height);
    this.map.draw();
  }

  /** A small tree takes little room. The room only grows, so that nothing below jumps back and forth. */
  #growRoom(height) {
    this.#tallest = Math.max(this.#tallest, Math.min(height, screen.height));
    this.pane.parentElement.style.setProperty("--lines", `${this.#tallest}px`);
  }

  #takePiece(ordinals, rows) {
    const first = this.view.index === null;
    if (!first && ordinals.length === 0 && this.view.index.bones.is_over === this.loader.bones.is_over) return;
    this.flesh.markStale(ordinals);
    this.flesh.take(rows);
    this.#takeIndex(buildIndex(this.loader.bones));
    this.news.grow(this.view.index.nodes);
  }

  /** The tree as it was at an entry, where it is played back. */
  #takeMoment({ seq, index, now, isFollowed }) {
    this.flesh.moveTo(seq, (ordinal) => index.bones.changes[rowOf(index, ordinal)] ?? -1);
    this.view.state.now = now;
    this.#takeIndex(index);
    if (isFollowed) this.view.bringIntoView(now);
  }

  #takeIndex(index) {
    const first = this.view.index === null;
    this.view.state.matches = this.searching.matchesIn(index);
    this.view.setIndex(index);
    this.filtering.offer(index);
    this.#showRecorded(index);
    this.#tell();
    if (first) { this.#openAtAddress(); this.pane.dataset.ready = ""; }
  }

  /** Columns that no node of the run fills are not there. */
  #showRecorded(index) {
    for (const name of COLUMNS) this.pane.toggleAttribute(`data-has-${name}`, (index.flags & FLAG[name]) !== 0);
    this.pane.toggleAttribute("data-has-tokens", index.whole.tokens > 0);
    this.pane.toggleAttribute("data-has-cost", index.whole.priced);
    this.parts.answer.disabled = index.answer < 0;
  }

  #readAddress() {
    const { filters, mode, query } = readView(location.search);
    this.parts.search.value = query;
    this.view.state.mode = mode;
    this.view.state.filters = filters;
    this.filtering.show(filters);
    const isMoreThanFate = filters.reason || filters.verdict || filters.verifier || filters.kind || filters.cost !== null;
    if (isMoreThanFate && matchMedia(ROOM_FOR_FILTERS).matches) this.filtering.open(true);
    if (query) this.searching.restart();
  }

  /** What is asked for has changed: the lines, the address and what is said follow. */
  #narrow() {
    const { view, filtering, parts } = this;
    view.state.filters = filtering.filters;
    if (!view.index) return;
    view.state.pinned = null;
    view.state.matches = this.searching.matchesIn(view.index);
    const { filters, mode } = view.state;
    history.replaceState(history.state, "", `${location.pathname}${writeView(location.search, { filters, mode, query: parts.search.value })}${location.hash}`);
    view.relayout(null);
    this.#tell();
    this.news.matched(parts.tally.textContent, view.lines.kept !== null);
  }

  #tell() {
    const { mode, filters } = this.view.state;
    showTally(this.parts.tally, this.view);
    this.pane.toggleAttribute("data-empty", this.view.lines.codes.length === 0);
    this.pane.toggleAttribute("data-bare", this.view.index.nodes === 0);
    for (const button of this.pane.querySelectorAll("[data-mode], [data-fate]")) {
      const isOn = button.dataset.fate ? button.dataset.fate === filters.fate : filters.fate === "" && button.dataset.mode === mode;
      button.setAttribute("aria-pressed", String(isOn));
    }
  }

  async #openAtAddress() {
    const asked = nodeIn(location.hash);
    if (asked === null) return;
    this.chosen.lead(partIn(location.hash));
    const isKnown = /^\d{1,15}$/.test(asked) && rowOf(this.view.index, Number(asked)) >= 0;
    const ordinal = isKnown ? Number(asked) : await this.flesh.find(asked).catch(() => null);
    if (ordinal === null || !this.view.show(ordinal, { quietly: true })) this.news.say(gettext("This run has no such node"));
  }

  #onLine(event) {
    const { view } = this;
    const row = event.target.closest("[role=row]");
    if (!row?.dataset.key || event.target.closest("a, button")) return;
    const code = view.codeOf(row.dataset.key);
    view.focusLine(view.lineOf(code));
    if (code < 0 || event.target.closest(".row__twisty")) view.toggle(code);
  }

  #onTool(event) {
    const { mode, fate } = event.target.closest("button")?.dataset ?? {};
    if (event.target.closest("[data-part=answer]")) this.#showAnswer();
    if (!mode && !fate) return;
    this.view.state.mode = mode ?? this.view.state.mode;
    this.view.state.toggled.clear();
    this.filtering.ask({ ...this.filtering.filters, fate: fate ?? "" });
  }

  /** On to the panel of the chosen node; where there is none, to its page. */
  #enter() {
    const panel = document.getElementById("node-panel");
    if (panel) panel.focus();
    else this.chosen.follow(Number(this.view.focused));
  }

  #showAnswer() {
    if (!this.view.index || !this.view.showAnswer()) this.news.say(gettext("No answer is known yet"));
    else this.#tell();
  }

  #onPanel(event) {
    const button = event.target.closest("[data-tree-copy]");
    if (button && this.view.index) this.copying.copy(button);
    const link = event.target.closest("[data-part-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.chosen.goTo(link.dataset.ordinal, link.dataset.partLink);
  }

  /** Back from the panel to the row that it is of; what is written there is not left by a key that one may have meant otherwise. */
  #onPanelKey(event) {
    if (event.key !== "Escape" || !event.target.closest("#node-panel") || event.target.closest("textarea, input, select") || document.querySelector(":popover-open")) return;
    event.preventDefault();
    this.view.focusLine(this.view.focusedLine());
  }

  #onSearchKey(event) {
    if (!["Enter", "Escape", "ArrowDown"].includes(event.key)) return;
    const { view } = this;
    event.preventDefault();
    if (event.key === "Escape") this.searching.clear();
    const chosen = event.key === "Escape" && view.selected !== null && rowOf(view.index, Number(view.selected)) >= 0;
    if (chosen) view.show(Number(view.selected));
    else view.focusLine(view.focusedLine());
  }

  #onPoke(event) {
    const { run, bones } = event.detail;
    if (run !== null && run !== this.pane.dataset.run) return;
    if (!bones || !this.loader.take(bones)) this.loader.load().catch(() => {});
  }

  #onShow(event) {
    const shown = this.view.index && this.view.show(Number(event.detail.ordinal));
    if (shown) this.parts.scroll.scrollIntoView({ block: "nearest" });
  }
}
