// PURE. From times to places and back, with idle time as long as it was, or shortened.

const SHORT = 1 / 40;

/** @param gaps in order, `{start, length}`, none overlapping. Shortened, each takes a fortieth of the busy time at most.
 *  @returns the whole length as drawn, the way from a time to its place, and the gaps with the places they take. */
export function makeScale(length, gaps, isShort) {
  const idle = gaps.reduce((sum, gap) => sum + gap.length, 0);
  const most = isShort ? Math.max(1, (length - idle) * SHORT) : Infinity;
  let saved = 0;
  const marks = gaps.map((gap) => {
    const drawn = Math.min(gap.length, most);
    const mark = { ...gap, place: gap.start - saved, drawn };
    saved += gap.length - drawn;
    return mark;
  });
  return { length: length - saved, marks, place: (time) => placeOf(marks, time) };
}

function placeOf(marks, time) {
  const mark = marks[lastAtMost(marks, (each) => each.start, time)];
  if (!mark) return time;
  const within = time - mark.start;
  return within <= mark.length ? mark.place + within * (mark.drawn / mark.length) : mark.place + mark.drawn + within - mark.length;
}

/** The index of the last item whose key is at most `value`, -1 for none; the items are in the order of their keys. */
export function lastAtMost(items, key, value) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The window of the given width that holds `place`, as near to the old one as can be. */
export function holding(view, place, length) {
  const margin = view.width * 0.05;
  let start = view.start;
  if (place < start + margin) start = place - margin;
  if (place > start + view.width - margin) start = place + margin - view.width;
  return { ...view, start: Math.max(0, Math.min(start, length - view.width)) };
}

/** The window zoomed by a factor around a place; 0 is all of it. */
export function zoomed(view, factor, place, length) {
  if (!factor) return { start: 0, width: length };
  const width = Math.min(length, Math.max(length / 1e5, view.width * factor));
  return { start: Math.max(0, Math.min(place - (place - view.start) * (width / view.width), length - width)), width };
}

const MINUTE = 60e6;
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

/** The least round distance that is at least `least` µs: 1, 2 or 5 times a power of ten, from half a minute on of the clock. */
function roundStep(least) {
  if (least > MINUTE / 2) return CLOCK.find((step) => step >= least) ?? Math.ceil(least / CLOCK.at(-1)) * CLOCK.at(-1);
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least);
}

/** Round times, at most `count` of them and one, from `start` to `end`. */
export function ticks(start, end, count) {
  const step = roundStep((end - start) / count);
  const found = [];
  for (let at = Math.ceil(start / step); at * step <= end; at += 1) found.push(at * step);
  return found;
}

/** Microseconds in words: 340 ms, 3.2 s, 2 min 5 s, 1 h 3 min. */
export function words(us) {
  if (us === 0) return "0";
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${+(us / 1000).toPrecision(3)} ms`;
  const seconds = us / 1e6;
  if (seconds < 60) return `${+seconds.toPrecision(3)} s`;
  if (seconds < 3600) return two(seconds, 60, "min", "s");
  return two(seconds / 60, 60, "h", "min");
}

function two(amount, base, large, small) {
  const [many, rest] = [Math.floor(Math.round(amount) / base), Math.round(amount) % base];
  return rest ? `${many} ${large} ${rest} ${small}` : `${many} ${large}`;
}
