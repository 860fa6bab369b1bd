// DOM. What a tree says in words: how many nodes are shown, and, now and then, how many are new.

import { short } from "../words.js";

const SAY_EVERY = 5000;

/** Shows how many nodes there are, or how many of them a filter or a search lets through. */
export function showTally(element, view) {
  const { index, lines, state } = view;
  const filtered = state.matches || state.mode === "discarded" || state.mode === "failed";
  element.textContent = filtered ? `${short(lines.hits)} of ${short(index.nodes)} nodes` : `${short(index.nodes)} nodes`;
}

/** Growth, told to a screen reader: never more often than it can be listened to. */
export class GrowthNews {
  #saidAt = 0;
  #saidNodes = 0;

  constructor(element) {
    this.element = element;
  }

  tell(nodes) {
    const now = Date.now();
    const more = nodes - this.#saidNodes;
    const due = now - this.#saidAt > SAY_EVERY;
    if (this.#saidAt && more && due) this.element.textContent = `${more} new nodes`;
    if (due) { this.#saidAt = now; this.#saidNodes = nodes; }
  }
}
