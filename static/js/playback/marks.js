// DOM. Decisions along the scrubber, on a canvas: fates as a curve of how many there are, all others each as a stroke.
//
// It repeats what the buttons to the next and the previous decision lead to, and is nothing to a screen reader.

import { density } from "./timeline.js";

const TONES = { fate: "--fate-discarded-fill", selection: "--fate-selected", person: "--verdict-pass", approval: "--warning-fill", command: "--warning-fill", limit: "--danger-fill", end: "--text" };

/** @returns a function that draws, at most once in a frame. */
export function attachMarks(canvas, timeline, signal) {
  let due = 0;

  function paint() {
    due = 0;
    const ratio = devicePixelRatio;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * ratio));
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const style = getComputedStyle(canvas);
    paintMarks(canvas.getContext("2d"), timeline, { width, height, ratio }, (name) => style.getPropertyValue(TONES[name] ?? TONES.end));
  }

  const draw = () => { due ||= requestAnimationFrame(paint); };
  document.addEventListener("theme", draw, { signal });
  const resized = new ResizeObserver(draw);
  resized.observe(canvas);
  signal.addEventListener("abort", () => { resized.disconnect(); cancelAnimationFrame(due); });
  return draw;
}

function paintMarks(context, timeline, { width, height, ratio }, tone) {
  const kinds = Math.max(1, timeline.names.length);
  const counts = density(timeline.marks, kinds, timeline.last, width);
  context.clearRect(0, 0, width, height);
  timeline.names.map((name, kind) => [name, kind]).sort(([name]) => (name === "fate" ? -1 : 1)).forEach(([name, kind]) => {
    context.fillStyle = tone(name);
    const most = name === "fate" ? mostOf(counts, kinds, kind) : 1;
    for (let x = 0; x < width; x++) {
      const count = counts[x * kinds + kind];
      if (!count) continue;
      const tall = name === "fate" ? height * (0.25 + 0.5 * (Math.log1p(count) / Math.log1p(most))) : height;
      context.fillRect(x, height - tall, name === "fate" ? 1 : Math.max(1, ratio), tall);
    }
  });
}

function mostOf(counts, kinds, kind) {
  let most = 1;
  for (let at = kind; at < counts.length; at += kinds) most = Math.max(most, counts[at]);
  return most;
}
