// DOM. A tree on a page: joins the loader, the search, the tools, the grid and the panel.

import { ChosenNode, ordinalInAddress } from "./chosen.js";
import { Flesh } from "./flesh.js";
import { buildIndex, rowOf } from "./index.js";
import { attachKeys } from "./keyboard.js";
import { BonesLoader } from "./loader.js";
import { Searching } from "./searching.js";
import { GrowthNews, showTally } from "./telling.js";
import { TreeView } from "./view.js";

const PARTS = ["grid", "scroll", "spacer", "search", "tally", "say"];

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
    this.pane = pane;
    this.parts = Object.fromEntries(PARTS.map((name) => [name, pane.querySelector(`[data-part=${name}]`)]));
    this.flesh = new Flesh(rowsUrl, () => this.view.draw());
    this.chosen = new ChosenNode(this.flesh);
    this.news = new GrowthNews(this.parts.say);
    this.loader = new BonesLoader(bonesUrl, run, (ordinals) => this.#takePiece(ordinals));
    this.searching = new Searching({
      field: this.parts.search,
      url: searchUrl,
      textOf: (ordinal) => this.flesh.textOf(ordinal),
      onChange: () => this.#showMatches(),
    });
    this.view = new TreeView({
      ...this.parts,
      rowHeight: parseFloat(getComputedStyle(pane).getPropertyValue("--row")) || 28,
      flesh: this.flesh,
      onFocus: (ordinal) => ordinal !== null && this.chosen.choose(ordinal),
      onHeight: (height) => this.#growRoom(height),
    });
  }

  start() {
    const { pane, parts, view } = this;
    const { signal } = this.#listening;
    pane.addEventListener("click", (event) => this.#onTool(event), { signal });
    parts.scroll.addEventListener("click", (event) => this.#onLine(event), { signal });
    parts.search.addEventListener("input", () => this.searching.restart(), { signal });
    parts.search.addEventListener("keydown", (event) => this.#onSearchKey(event), { signal });
    document.addEventListener("live:poke", (event) => this.#onPoke(event), { signal });
    document.addEventListener("tree:show", (event) => this.#onShow(event), { signal });
    window.addEventListener("hashchange", () => view.index && this.#openAtAddress(), { signal });
    attachKeys(view, { onEnter: () => document.getElementById("node-panel")?.focus(), onEscape: () => parts.search.focus() });
    this.loader.load().catch(() => { pane.dataset.failed = ""; });
  }

  stop() {
    this.#listening.abort();
    this.view.close();
  }

  /** A small tree takes little room. The room only grows, so that nothing below jumps back and forth. */
  #growRoom(height) {
    this.#tallest = Math.max(this.#tallest, Math.min(height, screen.height));
    this.pane.parentElement.style.setProperty("--lines", `${this.#tallest}px`);
  }

  #takePiece(ordinals) {
    const first = this.view.index === null;
    if (!first && ordinals.length === 0 && this.view.index.bones.is_over === this.loader.bones.is_over) return;
    this.flesh.markStale(ordinals);
    const index = buildIndex(this.loader.bones);
    if (this.view.state.matches) this.view.state.matches = this.searching.matchesIn(index);
    this.view.setIndex(index);
    this.#tell();
    if (first) { this.#openAtAddress(); this.pane.dataset.ready = ""; }
    this.news.tell(index.nodes);
  }

  #showMatches() {
    this.view.state.matches = this.searching.matchesIn(buildIndex(this.loader.bones));
    this.view.relayout(null);
    this.#tell();
  }

  #tell() {
    showTally(this.parts.tally, this.view);
    this.pane.toggleAttribute("data-empty", this.view.lines.codes.length === 0);
  }

  #openAtAddress() {
    const asked = ordinalInAddress();
    if (asked !== null && rowOf(this.view.index, asked) >= 0) this.view.show(asked, { quietly: true });
  }

  #onLine(event) {
    const { view } = this;
    const row = event.target.closest("[role=row]");
    if (!row?.dataset.key || event.target.closest("a, button")) return;
    const code = view.codeOf(row.dataset.key);
    view.focusLine(view.lineOf.get(code));
    if (code < 0 || event.target.closest(".row__twisty")) view.toggle(code);
  }

  #onTool(event) {
    const mode = event.target.closest("[data-mode]")?.dataset.mode;
    if (!mode) return;
    this.view.state.mode = mode;
    this.view.state.toggled.clear();
    for (const button of this.pane.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    this.view.relayout(null);
    this.#tell();
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
    const { run } = event.detail;
    if (run === null || run === this.pane.dataset.run) this.loader.load().catch(() => {});
  }

  #onShow(event) {
    const shown = this.view.index && this.view.show(Number(event.detail.ordinal));
    if (shown) this.parts.scroll.scrollIntoView({ block: "nearest" });
  }
}
