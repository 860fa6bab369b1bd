// PURE. The entries of a run as the page knows them: how many there are, when each happened, and which are decisions.

import { Growing } from "./growing.js";
import { playingTimes } from "./pace.js";

export class Timeline {
  at = new Growing(Float64Array);
  mark = new Growing(Int8Array);
  last = 0;
  names = [];
  #playing = null;

  constructor(last) {
    this.last = last;
  }

  get size() { return this.at.length; }

  /** Takes the entries that follow. */
  append({ at, mark, last, marks }) {
    this.at.append(at);
    this.mark.append(mark);
    this.last = last;
    this.names = marks;
    this.#playing = null;
  }

  /** Times to play by, made when they are asked for. */
  get playing() {
    return this.#playing ??= playingTimes(this.at.values.subarray(0, this.size));
  }

  get marks() { return this.mark.values.subarray(0, this.size); }
}

/** How often each kind of decision is met in each of `width` columns: one row of counts for each column. */
export function density(marks, kinds, entries, width) {
  const counts = new Uint32Array(width * kinds);
  for (let seq = 0; seq < marks.length; seq++) {
    if (marks[seq] >= 0) counts[Math.min(width - 1, Math.floor((seq / Math.max(1, entries)) * width)) * kinds + marks[seq]]++;
  }
  return counts;
}
