// DOM. A tree on a page: loads the bones, follows growth, joins the tools, the grid and the panel.

import { short } from "../words.js";
import { emptyBones, mergeBones } from "./bones.js";
import { Flesh } from "./flesh.js";
import { buildIndex, rowOf } from "./index.js";
import { attachKeys } from "./keyboard.js";
import { TreeView } from "./view.js";
import { search } from "./visible.js";

const PANEL_DELAY = 120;
const SEARCH_DELAY = 200;
const SAY_EVERY = 5000;

/** Attaches to `[data-tree]`. @returns a function that detaches. */
export function attachTree(pane) {
  const find = (name) => pane.querySelector(`[data-part=${name}]`);
  const parts = Object.fromEntries(["grid", "scroll", "spacer", "search", "tally", "say"].map((name) => [name, find(name)]));
  let bones = emptyBones(pane.dataset.run);
  let loading = null;
  let again = false;
  let panelTimer = 0;
  let tallest = 0;
  let searchTimer = 0;
  let found = new Set();
  let said = { at: 0, nodes: 0 };

  const flesh = new Flesh(pane.dataset.rowsUrl, () => view.draw());
  const rowHeight = parseFloat(getComputedStyle(pane).getPropertyValue("--row")) || 28;
  const view = new TreeView({ ...parts, rowHeight, flesh, onFocus: (ordinal) => ordinal !== null && choose(ordinal), onHeight: room });

  /** A small tree takes little room. The room only grows, so that nothing below jumps back and forth. */
  function room(height) {
    tallest = Math.max(tallest, Math.min(height, screen.height));
    pane.parentElement.style.setProperty("--lines", `${tallest}px`);
  }

  /** Bones after what is known; one request at a time, and one more when a poke came meanwhile. */
  async function load() {
    if (loading) { again = true; return loading; }
    loading = (async () => {
      do {
        again = false;
        const answer = await fetch(`${pane.dataset.bonesUrl}?after=${bones.seq}`);
        if (!answer.ok) throw new Error(`bones: ${answer.status}`);
        take(await answer.json());
      } while (again);
    })();
    try { await loading; } finally { loading = null; }
  }

  function take(piece) {
    const first = view.index === null;
    if (!first && piece.columns.ordinal.length === 0) { bones = mergeBones(bones, piece); return; }
    flesh.markStale(piece.columns.ordinal);
    bones = mergeBones(bones, piece);
    if (view.state.matches) rematch();
    view.setIndex(buildIndex(bones));
    tally();
    if (first) { openAtHash(); pane.dataset.ready = ""; }
    say();
  }

  function say() {
    const now = Date.now();
    const more = bones.columns.ordinal.length - said.nodes;
    if (said.at && more && now - said.at > SAY_EVERY) parts.say.textContent = `${more} new nodes`;
    if (!said.at || now - said.at > SAY_EVERY) said = { at: now, nodes: bones.columns.ordinal.length };
  }

  function tally() {
    const { index, lines } = view;
    const filtered = view.state.matches || view.state.mode === "discarded" || view.state.mode === "failed";
    parts.tally.textContent = filtered ? `${short(lines.hits)} of ${short(index.count)} nodes` : `${short(index.count)} nodes`;
    pane.toggleAttribute("data-empty", lines.codes.length === 0);
  }

  function rematch() {
    view.state.matches = search(buildIndex(bones), parts.search.value, (ordinal) => flesh.textOf(ordinal), found);
  }

  /** The browser knows words and numbers of every node, the server their texts: both are asked. */
  async function findTexts(query) {
    const answer = await fetch(`${pane.dataset.searchUrl}?q=${encodeURIComponent(query)}`);
    if (!answer.ok || parts.search.value !== query) return;
    found = new Set((await answer.json()).ordinals);
    showMatches();
  }

  /** The panel follows the focus, a little later than the keys. */
  function choose(ordinal, delay = PANEL_DELAY) {
    history.replaceState(history.state, "", `#node=${ordinal}`);
    clearTimeout(panelTimer);
    panelTimer = setTimeout(() => openPanel(ordinal).catch(() => {}), delay);
  }

  async function openPanel(ordinal) {
    if (!flesh.get(ordinal)) await flesh.load([ordinal]);
    const url = flesh.get(ordinal)?.dataset.nodeUrl;
    if (url) await window.htmx.ajax("GET", url, { target: "#node-panel", swap: "outerHTML" });
  }

  function openAtHash() {
    const asked = /^#node=(\d+)$/.exec(location.hash);
    if (asked && rowOf(view.index, Number(asked[1])) >= 0) view.show(Number(asked[1]), { quietly: true });
  }

  function onClick(event) {
    const row = event.target.closest("[role=row]");
    if (!row?.dataset.key || event.target.closest("a, button")) return;
    const code = view.codeOf(row.dataset.key);
    view.focusLine(view.lineOf.get(code));
    if (code < 0 || event.target.closest(".row__twisty")) view.toggle(code);
  }

  function onTool(event) {
    const mode = event.target.closest("[data-mode]")?.dataset.mode;
    if (!mode) return;
    view.state.mode = mode;
    view.state.toggled.clear();
    for (const button of pane.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    view.relayout(null);
    tally();
  }

  function onSearch() {
    found = new Set();
    showMatches();
    clearTimeout(searchTimer);
    const query = parts.search.value;
    if (query.trim()) searchTimer = setTimeout(() => findTexts(query).catch(() => {}), SEARCH_DELAY);
  }

  function showMatches() {
    rematch();
    view.relayout(null);
    tally();
  }

  function onSearchKey(event) {
    if (!["Enter", "Escape", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") { parts.search.value = ""; onSearch(); }
    const chosen = event.key === "Escape" && view.selected !== null && rowOf(view.index, Number(view.selected)) >= 0;
    if (chosen) view.show(Number(view.selected));
    else view.focusLine(view.focusedLine());
  }

  const onPoke = (event) => { if (event.detail.run === null || event.detail.run === pane.dataset.run) load().catch(() => {}); };
  const onShow = (event) => { if (view.index && view.show(Number(event.detail.ordinal))) parts.scroll.scrollIntoView({ block: "nearest" }); };
  const stop = new AbortController();
  const { signal } = stop;
  pane.addEventListener("click", onTool, { signal });
  parts.scroll.addEventListener("click", onClick, { signal });
  parts.search.addEventListener("input", onSearch, { signal });
  parts.search.addEventListener("keydown", onSearchKey, { signal });
  document.addEventListener("live:poke", onPoke, { signal });
  document.addEventListener("tree:show", onShow, { signal });
  window.addEventListener("hashchange", () => view.index && openAtHash(), { signal });
  attachKeys(view, { onEnter: () => document.getElementById("node-panel")?.focus(), onEscape: () => parts.search.focus() });
  load().catch(() => { pane.dataset.failed = ""; });
  return () => { stop.abort(); view.close(); };
}
