// DOM. Figures: plotly is loaded when the first comes into view, asks nobody anything, and takes its colours from
// the tokens. A figure names roles ("discarded"), never colours.

const CONFIG = { displayModeBar: false, plotlyServerURL: "", showLink: false, responsive: true, scrollZoom: false };
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

/** The colour of a role, as the fill of a large area. */
const fillOf = (role) => token(`--fate-${role}-fill`) || token("--surface-3");

/** The figure with roles turned into today's colours. */
function painted(figure) {
  const data = figure.data.map((trace) => ({
    ...trace,
    marker: { ...trace.marker, colors: trace.meta?.roles?.map(fillOf), line: { width: 1, color: token("--surface-1") } },
    textfont: { family: token("--sans"), size: 12, color: token("--text") },
    hoverlabel: { bgcolor: token("--surface-1"), bordercolor: token("--line-strong"), font: { family: token("--sans"), size: 12, color: token("--text") } },
  }));
  const layout = {
    ...figure.layout, paper_bgcolor: token("--surface-1"), plot_bgcolor: token("--surface-1"),
    font: { family: token("--sans"), size: 12, color: token("--text-soft") },
  };
  return { data, layout };
}

/** Attaches to `[data-chart]`: draws when seen, again on theme change and on pokes. @returns a function that detaches. */
export function attachChart(element) {
  const canvas = element.querySelector("[data-part=canvas]");
  const back = element.querySelector("[data-part=back]");
  const stop = new AbortController();
  let figure = null;
  let root = element.dataset.root ?? "";
  let seen = false;
  let drawn = false;

  async function load() {
    const answer = await fetch(`${element.dataset.chart}?root=${encodeURIComponent(root)}`, { signal: stop.signal });
    if (!answer.ok) throw new Error(`figure: ${answer.status}`);
    figure = await answer.json();
    await draw();
  }

  async function draw() {
    if (!figure) return;
    const library = await loadPlotly();
    const { data, layout } = painted(figure);
    element.toggleAttribute("data-empty", !data[0]?.values?.some((value) => value > 0));
    await library.react(canvas, data, layout, CONFIG);
    if (!drawn) canvas.on("plotly_icicleclick", onSector);
    drawn = true;
    if (back) back.hidden = root === "";
    element.dataset.ready = "";
  }

  /** A sector is opened by asking the server for it as root: a figure never holds more than a thousand. */
  function onSector(event) {
    const { id } = event.points[0];
    const [trace] = figure.data;
    if (id !== trace.ids[0] && trace.meta.open.includes(id)) { root = id; fail(load()); }
    return false;
  }

  function fail(promise) {
    promise.catch((error) => { if (error.name !== "AbortError") element.dataset.failed = ""; });
  }

  const watch = new IntersectionObserver((entries) => {
    if (seen || !entries.some((entry) => entry.isIntersecting)) return;
    seen = true;
    fail(load());
  }, { rootMargin: "200px" });
  watch.observe(element);
  const { signal } = stop;
  back?.addEventListener("click", () => { root = ""; fail(load()); }, { signal });
  document.addEventListener("theme", () => fail(draw()), { signal });
  document.addEventListener("fragments", () => seen && fail(load()), { signal });
  return () => { stop.abort(); watch.disconnect(); if (drawn) window.Plotly?.purge(canvas); };
}
