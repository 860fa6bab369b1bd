// PURE. How playing gets from one entry to the next: so many entries a second, or as time passed, with idle gaps shortened.

export const REAL = "real";
const LONGEST_GAP = 2e6; // µs

/**
 * The times of all entries on a clock that never stands still for long nor goes back, in µs. What tells no time, or an
 * earlier one than the entry before, happens with it.
 */
export function playingTimes(at) {
  const times = new Float64Array(at.length);
  let latest = NaN;
  for (let seq = 0; seq < at.length; seq++) {
    const gap = at[seq] - latest;
    times[seq] = (seq ? times[seq - 1] : 0) + (gap > 0 ? Math.min(gap, LONGEST_GAP) : 0);
    if (!(at[seq] <= latest) && !Number.isNaN(at[seq])) latest = at[seq];
  }
  return times;
}

/** Where playing has come to after some milliseconds: a place between entries, at most the last one. */
export function advance(place, elapsed, speed, times) {
  const last = Math.max(0, times.length - 1);
  if (speed !== REAL) return Math.min(last, place + (Number(speed) * elapsed) / 1000);
  const from = Math.min(last, Math.floor(place));
  const gap = from < last ? times[from + 1] - times[from] : 0;
  const reached = times[from] + (place - from) * gap + elapsed * 1000;
  let seq = from;
  while (seq < last && times[seq + 1] <= reached) seq++;
  const next = seq < last ? times[seq + 1] - times[seq] : 0;
  return next > 0 ? seq + Math.min(1 - 1e-9, (reached - times[seq]) / next) : seq;
}

/** The nearest entry before or after one that is a decision, or -1; `marks` has -1 for what is none. */
export function nextMark(marks, seq, step) {
  for (let at = seq + step; at >= 0 && at < marks.length; at += step) {
    if (marks[at] >= 0) return at;
  }
  return -1;
}
