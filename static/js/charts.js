// DOM. Figures: plotly is loaded when the first comes into view, asks nobody anything, and takes its colours from
// the tokens. A figure names roles ("discarded"), never colours.

import { painted } from "./figures/paint.js";
import { savePicture } from "./figures/picture.js";
import { treeStands } from "./figures/room.js";
import { fetchTable } from "./figures/table.js";

const CONFIG = { displayModeBar: false, plotlyServerURL: "", showLink: false, responsive: true, scrollZoom: false };
const CLICKS = { icicle: "plotly_icicleclick" };
/** Pixels: below it, labels of many points would lie over each other. */
const NARROW = 560;
let plotly = null;

function loadPlotly() {
  plotly ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=plotly]").content;
    script.onload = () => done(window.Plotly);
    script.onerror = () => { plotly = null; failed(new Error("plotly did not load")); };
    document.head.append(script);
  });
  return plotly;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Attaches to `[data-chart]`: draws when seen, again on theme change and on pokes. @returns a function that detaches. */
export function attachChart(element) {
  const part = (name) => element.querySelector(`[data-part=${name}]`);
  const canvas = part("canvas");
  const choices = part("choices");
  const stop = new AbortController();
  const { signal } = stop;
  let figure = null;
  let root = "";
  let seen = false;
  let drawn = false;

  /** What of the figure is asked for: the choices of its form or of its page, and the branch that was opened. */
  function query() {
    const asked = new URLSearchParams(choices ? new FormData(choices) : element.dataset.asked ?? "");
    if (root) asked.set("root", root);
    for (const [name, value] of [...asked]) if (!value) asked.delete(name);
    return asked.size ? `?${asked}` : "";
  }

  async function load() {
    const answer = await fetch(element.dataset.chart + query(), { signal });
    if (!answer.ok) throw new Error(`figure: ${answer.status}`);
    figure = await answer.json();
    delete element.dataset.failed;
    await draw();
  }

  async function draw() {
    if (!figure) return;
    part("said").textContent = figure.said;
    element.toggleAttribute("data-empty", !figure.data.length);
    part("png").hidden = !figure.data.length;
    part("back").hidden = root === "";
    if (figure.data.length) {
      const library = await loadPlotly();
      const { data, layout } = painted(figure, token, canvas.clientWidth < NARROW);
      await library.react(canvas, data, layout, CONFIG);
      if (!drawn) canvas.on(CLICKS[data[0].type] ?? "plotly_click", onClick);
      drawn = true;
    }
    element.dataset.ready = "";
  }

  function onClick(event) {
    const { id, customdata } = event.points[0];
    if (id !== undefined) return openSector(id);
    if (Number.isInteger(customdata)) location.assign(element.dataset.node + customdata);
    return true;
  }

  /** A sector is opened by asking the server for it as root: a figure never holds more than a thousand. */
  function openSector(id) {
    const [trace] = figure.data;
    if (id !== trace.ids[0] && trace.meta.open.includes(id)) { root = id; renew(); }
    return false;
  }

  function renew() {
    for (const link of [part("csv"), part("table-link")]) if (link) link.href = link.pathname + query();
    attempt(load());
    if (part("details").open) attempt(loadTable());
  }

  const loadTable = () => fetchTable(`${element.dataset.chart}/table${query()}`, part("table"), signal);

  function onChoice() {
    const address = new URL(location.href);
    for (const [name, value] of new FormData(choices)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    renew();
  }

  async function savePng() {
    const [run, , name] = element.dataset.chart.split("/").slice(-3);
    await savePicture(await loadPlotly(), canvas, `${element.dataset.name ?? `${name}-${run}`}.png`);
  }

  function attempt(promise) {
    promise.catch((error) => { if (error.name !== "AbortError") element.dataset.failed = ""; });
  }

  const watch = new IntersectionObserver((entries) => {
    if (seen || !entries.some((entry) => entry.isIntersecting)) return;
    seen = true;
    attempt(load());
  }, { rootMargin: "200px" });
  treeStands().then(() => { if (!signal.aborted) watch.observe(element); });
  part("back").addEventListener("click", () => { root = ""; renew(); }, { signal });
  part("again").addEventListener("click", () => attempt(load()), { signal });
  part("png").addEventListener("click", () => attempt(savePng()), { signal });
  part("details").addEventListener("toggle", () => part("details").open && attempt(loadTable()), { signal });
  choices?.addEventListener("change", onChoice, { signal });
  choices?.addEventListener("submit", (event) => event.preventDefault(), { signal });
  document.addEventListener("theme", () => attempt(draw()), { signal });
  document.addEventListener("fragments", () => seen && attempt(load()), { signal });
  return () => { stop.abort(); watch.disconnect(); if (drawn) window.Plotly?.purge(canvas); };
}
