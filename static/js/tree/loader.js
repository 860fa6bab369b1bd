// The bones of a run, loaded piece by piece as the run grows.
//
// One request at a time, and one more when a poke came meanwhile. A failed request rejects and changes nothing:
// the next one asks again after what is known. A piece that was brought unasked is taken where it fits.

import { bringBonesAfter } from "../brought.js";
import { asKnown, know } from "../live.js";
import { emptyBones, mergeBones } from "./bones.js";

export class BonesLoader {
  #loading = null;
  #again = false;

  /** @param {(ordinals: number[], rows: string) => void} onPiece told what came, once it is in `bones`; rows as HTML. */
  constructor(url, run, onPiece) {
    this.url = url;
    this.bones = emptyBones(run);
    this.onPiece = onPiece;
    bringBonesAfter(() => (this.bones.seq < 0 ? null : this.bones.seq));
  }

  /** Takes a piece that the socket brought. @returns false where it does not join what is here. */
  take(piece) {
    if (this.bones.seq < 0 || piece.after > this.bones.seq) return false;
    this.#join(piece);
    return true;
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
      this.#join(await answer.json());
    } while (this.#again);
  }

  #join(piece) {
    // Older than what was brought meanwhile: it would put older rows in the place of newer ones.
    if (piece.seq < this.bones.seq) return;
    know(piece.seq);
    this.bones = mergeBones(this.bones, piece);
    this.onPiece(piece.columns.ordinal, piece.rows ?? "");
  }
}
