// The bones of a run, loaded piece by piece as the run grows.
//
// One request at a time, and one more when a poke came meanwhile. A failed request rejects and changes nothing:
// the next one asks again after what is known.

import { asKnown, know } from "../live.js";
import { emptyBones, mergeBones } from "./bones.js";

export class BonesLoader {
  #loading = null;
  #again = false;

  /** @param {(ordinals: number[]) => void} onPiece told which rows came, once they are in `bones`. */
  constructor(url, run, onPiece) {
    this.url = url;
    this.bones = emptyBones(run);
    this.onPiece = onPiece;
  }

  async load() {
    if (this.#loading) { this.#again = true; return this.#loading; }
    this.#loading = this.#loadUntilQuiet();
    try { await this.#loading; } finally { this.#loading = null; }
  }

  async #loadUntilQuiet() {
    do {
      this.#again = false;
      const answer = await fetch(`${this.url}?after=${this.bones.seq}`, { headers: asKnown() });
      if (!answer.ok) throw new Error(`bones: ${answer.status}`);
      const piece = await answer.json();
      know(piece.seq);
      this.bones = mergeBones(this.bones, piece);
      this.onPiece(piece.columns.ordinal);
    } while (this.#again);
  }
}
