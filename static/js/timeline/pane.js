// DOM. The timeline: a canvas that is read with the keyboard, a line that says what has the focus, and zoom.

import { fetchTable } from "../figures/table.js";
import { gettext } from "../gettext.js";
import { plain } from "../words.js";
import { box, draw, heights } from "./canvas.js";
import { holding, makeScale, words, zoomed } from "./scale.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Attaches to `[data-timeline]`. @returns a function that detaches. */
export function attachTimeline(element) {
  const part = (name) => element.querySelector(`[data-part=${name}]`);
  const canvas = part("canvas");
  const stop = new AbortController();
  const { signal } = stop;
  let timeline = null;
  let scale = null;
  let view = { start: 0, width: 1 };
  let chosen = -1;

  async function load() {
    const answer = await fetch(element.dataset.timeline, { signal });
    if (!answer.ok) throw new Error(`timeline: ${answer.status}`);
    const focused = timeline?.columns.ordinal[chosen];
    timeline = await answer.json();
    chosen = focused === undefined ? -1 : timeline.columns.ordinal.indexOf(focused);
    delete element.dataset.failed;
    element.toggleAttribute("data-empty", Boolean(timeline.empty));
    part("said").textContent = timeline.said;
    rescale();
    element.dataset.ready = "";
  }

  function rescale() {
    if (!timeline) return;
    scale = makeScale(Math.max(1, timeline.length), timeline.gaps, part("choices").elements.gaps.checked);
    view = { start: 0, width: scale.length };
    redraw();
  }

  function redraw() {
    if (timeline && !timeline.empty) draw(canvas, timeline, scale, view, chosen, token);
  }

  function say() {
    const bars = timeline.columns;
    if (chosen < 0) return;
    const length = bars.lacks_end[chosen] ? gettext("no end told") : words(bars.length[chosen]);
    const began = gettext("began after {time}", { time: words(bars.start[chosen]) });
    const facts = [plain(timeline.names.kind[bars.kind[chosen]]), plain(timeline.names.fate[bars.fate[chosen]]), began, length];
    part("bar").textContent = `${bars.name[chosen]} · ${facts.join(" · ")}`;
  }

  function choose(at) {
    if (!timeline || !timeline.columns.start.length) return;
    chosen = Math.max(0, Math.min(timeline.columns.start.length - 1, at));
    view = holding(view, scale.place(timeline.columns.start[chosen]), scale.length);
    redraw();
    say();
    const { lane } = heights(timeline.lanes);
    const top = timeline.columns.lane[chosen] * lane;
    const pane = part("pane");
    if (top < pane.scrollTop || top + 2 * lane > pane.scrollTop + pane.clientHeight - 30) pane.scrollTop = top - pane.clientHeight / 2;
  }

  /** The bar of a neighbouring lane whose start is nearest. */
  function toLane(by) {
    const { lane, start } = timeline.columns;
    if (chosen < 0) return choose(0);
    let best = -1;
    for (let at = 0; at < start.length; at += 1) {
      if (lane[at] === lane[chosen] + by && (best < 0 || Math.abs(start[at] - start[chosen]) < Math.abs(start[best] - start[chosen]))) best = at;
    }
    if (best >= 0) choose(best);
  }

  function zoom(factor) {
    const place = chosen < 0 ? view.start + view.width / 2 : scale.place(timeline.columns.start[chosen]);
    view = zoomed(view, factor, place, scale.length);
    redraw();
  }

  function open() {
    const ordinal = timeline?.columns.ordinal[chosen];
    if (Number.isInteger(ordinal)) location.assign(element.dataset.node + ordinal);
  }

  const KEYS = {
    ArrowRight: () => choose(chosen + 1), ArrowLeft: () => choose(chosen - 1), ArrowDown: () => toLane(1), ArrowUp: () => toLane(-1),
    Home: () => choose(0), End: () => choose(Infinity), Enter: open, "+": () => zoom(0.5), "-": () => zoom(2), 0: () => zoom(0),
  };

  function onKey(event) {
    if (!timeline || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  }

  function under(event) {
    const { left, top, width } = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const { lane } = heights(timeline.lanes);
    for (let at = timeline.columns.start.length - 1; at >= 0; at -= 1) {
      const rect = box(timeline.columns, at, scale, view, width, lane);
      if (x >= rect.x - 1 && x <= rect.x + rect.width + 1 && y >= rect.y && y <= rect.y + lane) return at;
    }
    return -1;
  }

  function onMove(event) {
    const at = timeline ? under(event) : -1;
    canvas.style.cursor = at < 0 ? "" : "pointer";
    if (at < 0 || at === chosen) return;
    chosen = at;
    redraw();
    say();
  }

  function attempt(promise) {
    promise.catch((error) => { if (error.name !== "AbortError") element.dataset.failed = ""; });
  }

  function onChoice() {
    const address = new URL(location.href);
    if (part("choices").elements.gaps.checked) address.searchParams.set("gaps", "short");
    else address.searchParams.delete("gaps");
    history.replaceState(history.state, "", address);
    rescale();
  }

  canvas.addEventListener("keydown", onKey, { signal });
  canvas.addEventListener("focus", () => chosen < 0 && choose(0), { signal });
  canvas.addEventListener("pointermove", onMove, { signal });
  canvas.addEventListener("click", (event) => timeline && under(event) >= 0 && open(), { signal });
  part("choices").addEventListener("change", onChoice, { signal });
  part("again").addEventListener("click", () => attempt(load()), { signal });
  part("details").addEventListener("toggle", () => part("details").open && attempt(fetchTable(`${element.dataset.timeline}/table`, part("table"), signal)), { signal });
  for (const button of element.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => timeline && zoom(Number(button.dataset.zoom)), { signal });
  document.addEventListener("theme", redraw, { signal });
  document.addEventListener("fragments", () => attempt(load()), { signal });
  const resized = new ResizeObserver(redraw);
  resized.observe(part("pane"));
  attempt(load());
  return () => { stop.abort(); resized.disconnect(); };
}
