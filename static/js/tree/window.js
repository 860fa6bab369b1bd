// PURE. From a scroll offset to the range of lines to draw, and back.

export const OVERDRAW = 12;

/** Lines [from, to) for a viewport, with some more above and below so that a small scroll draws nothing new. */
export function windowOf({ top, height, rowHeight, count, overdraw = OVERDRAW }) {
  const first = Math.floor(top / rowHeight);
  const last = Math.ceil((top + height) / rowHeight);
  const from = clamp(first - overdraw, 0, count);
  return { from, to: clamp(last + overdraw, from, count) };
}

/** The scroll offset that brings a line into view with the least movement; `top` itself when it is there. */
export function scrollTo({ line, top, height, rowHeight }) {
  const upper = line * rowHeight;
  const lower = upper + rowHeight;
  if (upper < top) return upper;
  if (lower > top + height) return Math.max(0, lower - height);
  return top;
}

/** What to hold on to while lines come and go above: the first whole line in view and its distance. */
export function anchorOf({ top, rowHeight, count }) {
  if (!count) return null;
  const line = clamp(Math.ceil(top / rowHeight), 0, count - 1);
  return { line, offset: line * rowHeight - top };
}

/** The scroll offset at which the anchored line, now at `line`, is where it was. */
export function topForAnchor({ line, offset, rowHeight }) {
  return Math.max(0, line * rowHeight - offset);
}

/** Up to `limit` ordinals to ask for: those in view first, then the overdraw. */
export function wanted({ ordinals, has, limit = 200 }) {
  return ordinals.filter((ordinal) => !has(ordinal)).slice(0, limit);
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
