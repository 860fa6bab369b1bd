// DOM. Draws bars in lanes on a canvas: ten thousand of them are one element.

import { gettext } from "../gettext.js";
import { ticks, words } from "./scale.js";

const AXIS = 26;
const LANE = { most: 22, least: 4, together: 620 };
const TALLEST = 12_000;
const NAMED = { width: 34, height: 12 };

/** How tall a lane is, and the whole. */
export function heights(lanes) {
  const wished = Math.min(LANE.most, Math.max(LANE.least, LANE.together / Math.max(1, lanes)));
  const lane = Math.min(wished, (TALLEST - AXIS) / Math.max(1, lanes));
  return { lane, whole: Math.ceil(AXIS + lane * lanes + 6) };
}

/** The rectangle of a bar in the window that is looked at, at least a pixel wide. */
export function box(bars, at, scale, view, width, lane) {
  const per = width / view.width;
  const start = scale.place(bars.start[at]);
  const end = scale.place(bars.start[at] + bars.length[at]);
  return { x: (start - view.start) * per, y: AXIS + bars.lane[at] * lane, width: Math.max(1.5, (end - start) * per), height: Math.max(1, lane - (lane > 6 ? 2 : 1)) };
}

/** Draws all that is in the window. `chosen` is the index of the bar that has the focus. */
export function draw(canvas, timeline, scale, view, chosen, token) {
  const { columns: bars, lanes, names } = timeline;
  const { lane, whole } = heights(lanes);
  const ratio = Math.min(devicePixelRatio, whole > 4000 ? 1 : 2);
  const width = canvas.clientWidth;
  canvas.style.height = `${whole}px`;
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(whole * ratio)];
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = `11px ${token("--sans")}`;
  pen.textBaseline = "middle";
  drawAxis(pen, scale, view, width, whole, token);
  const fills = names.fate.map((fate) => token(`--fate-${fate}-fill`));
  const [ink, quiet] = [token("--text"), token("--text-quiet")];
  for (let at = 0; at < bars.start.length; at += 1) {
    const rect = box(bars, at, scale, view, width, lane);
    if (rect.x > width || rect.x + rect.width < 0) continue;
    if (bars.count[at] > 1) dash(pen, rect, quiet);
    else {
      pen.fillStyle = fills[bars.fate[at]];
      pen.fillRect(rect.x, rect.y, rect.width, rect.height);
    }
    if (rect.width > NAMED.width && rect.height >= NAMED.height) name(pen, rect, bars.name[at], width, ink);
  }
  if (chosen >= 0) frame(pen, box(bars, chosen, scale, view, width, lane), token("--focus"));
}

function drawAxis(pen, scale, view, width, whole, token) {
  const per = width / view.width;
  const x = (time) => (scale.place(time) - view.start) * per;
  for (const mark of scale.marks) {
    const [left, wide] = [(mark.place - view.start) * per, mark.drawn * per];
    pen.fillStyle = token("--surface-3");
    pen.fillRect(left, AXIS, Math.max(1, wide), whole);
  }
  // Round times are counted between the gaps: within one, time may be drawn shorter.
  const edges = [0, ...scale.marks.flatMap((mark) => [mark.start, mark.start + mark.length]), Infinity];
  let free = -Infinity;
  for (let at = 0; at < edges.length; at += 2) {
    const from = Math.max(edges[at], timeAt(scale, view.start));
    const to = Math.min(edges[at + 1], timeAt(scale, view.start + view.width));
    if (to <= from) continue;
    for (const time of ticks(from, to, Math.max(1, Math.floor((x(to) - x(from)) / 90)))) {
      pen.fillStyle = token("--line");
      pen.fillRect(x(time), AXIS - 6, 1, whole);
      if (x(time) < free) continue;
      pen.fillStyle = token("--text-soft");
      pen.fillText(words(time), x(time) + 4, 10);
      free = x(time) + pen.measureText(words(time)).width + 12;
    }
  }
  pen.fillStyle = token("--text-quiet");
  for (const mark of scale.marks) {
    const text = gettext("{time} idle", { time: words(mark.length) });
    const wide = pen.measureText(text).width;
    const left = (mark.place + mark.drawn / 2 - view.start) * per - wide / 2;
    if (mark.drawn * per > wide + 8) pen.fillText(text, left, whole - 10);
  }
}

function timeAt(scale, place) {
  for (const mark of [...scale.marks].reverse()) {
    if (place >= mark.place + mark.drawn) return place - mark.place - mark.drawn + mark.start + mark.length;
    if (place >= mark.place) return mark.start + (place - mark.place) * (mark.length / mark.drawn);
  }
  return place;
}

function dash(pen, rect, color) {
  pen.strokeStyle = color;
  pen.setLineDash([4, 3]);
  pen.strokeRect(rect.x + 0.5, rect.y + 0.5, Math.max(0, rect.width - 1), rect.height - 1);
  pen.setLineDash([]);
}

function name(pen, rect, text, width, color) {
  const left = Math.max(rect.x, 0);
  pen.save();
  pen.beginPath();
  pen.rect(left, rect.y, Math.min(rect.x + rect.width, width) - left - 3, rect.height);
  pen.clip();
  pen.fillStyle = color;
  pen.fillText(text, left + 4, rect.y + rect.height / 2 + 0.5);
  pen.restore();
}

function frame(pen, rect, color) {
  pen.strokeStyle = color;
  pen.lineWidth = 2;
  pen.strokeRect(rect.x - 1, rect.y - 1, rect.width + 2, rect.height + 2);
}
