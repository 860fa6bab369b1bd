// DOM. The search field of a tree: which rows match what is typed in it.
//
// The browser knows words and numbers of every node, the server their texts: both are asked.

import { search } from "./search.js";

const SEARCH_DELAY = 200;
const FOUND_AT_MOST = 5000;

export class Searching {
  #foundByServer = new Set();
  #timer = 0;

  constructor({ field, url, textOf, onChange }) {
    Object.assign(this, { field, url, textOf, onChange });
  }

  /** Rows of `index` that match; null when nothing is asked. */
  matchesIn(index) {
    return search(index, this.field.value, this.textOf, this.#foundByServer);
  }

  /** What is typed has changed: what the browser knows is shown at once, the server's answer when it is here. */
  restart() {
    this.#foundByServer = new Set();
    this.onChange();
    clearTimeout(this.#timer);
    const query = this.field.value;
    if (query.trim()) this.#timer = setTimeout(() => this.#askServer(query).catch(() => {}), SEARCH_DELAY);
  }

  clear() {
    this.field.value = "";
    this.restart();
  }

  // The server looks through a run in portions; each brings some rows, and says where the next one begins.
  async #askServer(query) {
    let after = "";
    do {
      const answer = await fetch(`${this.url}?q=${encodeURIComponent(query)}${after}`);
      if (!answer.ok || this.field.value !== query) return;
      const found = await answer.json();
      if (this.field.value !== query) return;
      this.#foundByServer = new Set([...this.#foundByServer, ...found.ordinals]);
      this.onChange();
      after = found.next === null || this.#foundByServer.size > FOUND_AT_MOST ? "" : `&after=${found.next}`;
    } while (after);
  }
}
