// DOM. The whole tree on a strip beside it: fates along its height, and the window, which can be dragged.
//
// It repeats what the tree says, and is nothing to a screen reader. Drawn once for a layout of lines, at most once in a
// frame; scrolling only moves the mark of the window.

import { FATES, stripesOf, topAt, windowOn } from "./stripes.js";

/** Attaches to a strip with a canvas. @returns functions: `draw` after new lines, `move` after scrolling. */
export function attachMinimap(strip, view, signal) {
  const canvas = strip.querySelector("canvas");
  const mark = strip.querySelector("span");
  const { scroll } = view;
  let due = 0;

  const whole = () => view.lines.codes.length * view.rowHeight;
  const isShown = () => strip.clientWidth > 0 && view.index !== null;

  function move() {
    const height = strip.clientHeight;
    const { from, size } = windowOn({ top: scroll.scrollTop, view: scroll.clientHeight, whole: whole(), height });
    mark.style.transform = `translateY(${from}px)`;
    mark.style.height = `${size}px`;
  }

  function paint() {
    due = 0;
    strip.hidden = whole() <= scroll.clientHeight;
    if (!isShown()) return;
    const ratio = devicePixelRatio;
    const [width, height] = [strip.clientWidth, strip.clientHeight].map((size) => Math.round(size * ratio));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    paintStripes(canvas.getContext("2d"), stripesOf(view.index, view.lines, height), width, height, colours(strip));
    move();
  }

  const draw = () => { due ||= requestAnimationFrame(paint); };
  const go = (event) => {
    const { top, height } = strip.getBoundingClientRect();
    scroll.scrollTop = topAt({ y: event.clientY - top, view: scroll.clientHeight, whole: whole(), height });
  };
  strip.addEventListener("pointerdown", (event) => { strip.setPointerCapture(event.pointerId); go(event); event.preventDefault(); }, { signal });
  strip.addEventListener("pointermove", (event) => { if (strip.hasPointerCapture(event.pointerId)) go(event); }, { signal });
  strip.addEventListener("wheel", (event) => { scroll.scrollTop += event.deltaY; event.preventDefault(); }, { signal, passive: false });
  scroll.addEventListener("scroll", () => isShown() && move(), { signal, passive: true });
  document.addEventListener("theme", draw, { signal });
  const resized = new ResizeObserver(draw);
  resized.observe(scroll);
  signal.addEventListener("abort", () => { resized.disconnect(); cancelAnimationFrame(due); });
  return { draw };
}

function colours(strip) {
  const style = getComputedStyle(strip);
  return { fates: FATES.map((fate) => style.getPropertyValue(`--fate-${fate}-fill`)), answer: style.getPropertyValue("--fate-selected") };
}

/** Each stripe is shared out among the fates of its lines; the answer has a mark across. */
function paintStripes(context, { counts, answer }, width, height, { fates, answer: strong }) {
  context.clearRect(0, 0, width, height);
  for (let stripe = 0; stripe < height; stripe++) {
    const own = counts.subarray(stripe * FATES.length, (stripe + 1) * FATES.length);
    const total = own.reduce((sum, count) => sum + count, 0);
    let left = 0;
    for (let at = 0; at < FATES.length; at++) {
      if (own[at] === 0) continue;
      const share = (own[at] / total) * width;
      context.fillStyle = fates[at];
      context.fillRect(left, stripe, share, 1);
      left += share;
    }
  }
  if (answer >= 0) {
    context.fillStyle = strong;
    context.fillRect(0, Math.max(0, answer - 1), width, 3);
  }
}
