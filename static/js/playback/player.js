// PURE but for frames. Where the reader is in the record, and what moves them: a step, a decision, playing.

import { advance, nextMark } from "./pace.js";

export class Player {
  seq;
  speed = "10";
  #place = 0;
  #frame = 0;
  #then = 0;

  /** @param onMove called with the new entry; `mayMove` says whether the last one is shown, so that playing may go on. */
  constructor({ timeline, seq, onMove, onPlay, mayMove, frames = globalThis }) {
    Object.assign(this, { timeline, seq, onMove, onPlay, mayMove, frames });
  }

  get isPlaying() { return this.#frame !== 0; }

  goTo(seq) {
    this.seq = this.#place = Math.max(0, Math.min(this.timeline.last, seq));
    this.onMove(this.seq);
  }

  /** On to the next decision that is read, or back to the one before. */
  toDecision(step) {
    const found = nextMark(this.timeline.marks, this.seq, step);
    if (found >= 0) this.goTo(found);
    return found >= 0;
  }

  toggle() {
    if (this.isPlaying) return this.pause();
    if (this.seq >= this.timeline.last) this.goTo(0);
    this.#place = this.seq;
    this.#then = 0;
    this.#frame = this.frames.requestAnimationFrame((now) => this.#play(now));
    this.onPlay(true);
  }

  pause() {
    this.frames.cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.onPlay(false);
  }

  #play(now) {
    const elapsed = this.#then ? Math.min(now - this.#then, 250) : 0; // a tab that was hidden goes on where it was
    this.#then = now;
    if (this.mayMove()) this.#advance(elapsed);
    else this.#waited = (this.#waited ?? 0) + elapsed;
    if (this.seq >= this.timeline.last) return this.pause();
    this.#frame = this.frames.requestAnimationFrame((later) => this.#play(later));
  }

  #waited = 0;

  #advance(elapsed) {
    this.#place = advance(this.#place, elapsed + this.#waited, this.speed, this.timeline.playing);
    this.#waited = 0;
    const seq = Math.floor(this.#place);
    if (seq === this.seq) return;
    this.seq = seq;
    this.onMove(seq);
  }
}
