// The server's part of each row (names, previews, verdicts), asked for as rows come into view.
//
// One request at a time; it is aborted when all its rows have scrolled away. A row that changed is asked for
// again, and its old text stays until the new one is here: in a run that grows faster than an answer comes, what is
// new meanwhile is asked for after it. What is lost by an aborted or failed request is asked for again by the next
// scroll or poke.

import { asKnown } from "../live.js";

const KEEP = 4000;
const LIMIT = 200;
const NOW = Object.freeze({ query: "", versionOf: () => 0 });

export class Flesh {
  #rows = new Map();
  #stale = new Set();
  #asking = new Set();
  #moment = NOW;
  #abort = null;
  #timer = 0;

  constructor(url, onArrive) {
    this.url = url;
    this.onArrive = onArrive;
  }

  /** What is known of a node; where it is played back nothing that was said later than the entry that is looked at. */
  get(ordinal) {
    const row = this.#rows.get(ordinal);
    return row === undefined || row.version > this.#moment.versionOf(ordinal) ? undefined : row;
  }

  previewOf(ordinal) { return this.get(ordinal)?.querySelector(".row__preview")?.textContent.trim() ?? ""; }
  textOf(ordinal) { return this.get(ordinal)?.textContent ?? ""; }
  markStale(ordinals) { for (const ordinal of ordinals) this.#stale.add(ordinal); }
  missing(ordinal) { return this.#rows.get(ordinal)?.version !== this.#moment.versionOf(ordinal) || this.#stale.has(ordinal); }

  /** From now on rows as they were at an entry. `versionOf` is the same number where nothing was said of a node between. */
  moveTo(seq, versionOf) {
    this.#moment = { query: `&seq=${seq}`, versionOf };
  }

  /** Ask for these soon: a quick scroll asks only where it ends. */
  want(ordinals, delay = 40) {
    const asked = ordinals.filter((ordinal) => this.missing(ordinal) && !this.#asking.has(ordinal)).slice(0, LIMIT);
    // Its answer draws again, and so asks for what is missing then.
    if (ordinals.some((ordinal) => this.#asking.has(ordinal))) return;
    clearTimeout(this.#timer);
    if (asked.length) this.#timer = setTimeout(() => this.load(asked).catch(() => {}), delay);
  }

  /** Rows that came along with bones. */
  take(html) {
    if (html) this.#take(html, this.#moment);
  }

  async load(ordinals) {
    this.#abort?.abort();
    const abort = this.#abort = new AbortController();
    this.#asking = new Set(ordinals);
    const moment = this.#moment;
    try {
      const answer = await fetch(`${this.url}?nodes=${ordinals.join(",")}${moment.query}`, { signal: abort.signal, headers: asKnown() });
      if (!answer.ok) throw new Error(`rows: ${answer.status}`);
      this.#keep(await answer.text(), moment);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      if (this.#abort === abort) this.#asking.clear();
    }
  }

  /** Some rows that are not in view, asked for beside the others. */
  async fetchMissing(ordinals) {
    const asked = ordinals.filter((ordinal) => this.missing(ordinal));
    const moment = this.#moment;
    for (let from = 0; from < asked.length; from += LIMIT) {
      const answer = await fetch(`${this.url}?nodes=${asked.slice(from, from + LIMIT).join(",")}${moment.query}`);
      if (!answer.ok) throw new Error(`rows: ${answer.status}`);
      this.#take(await answer.text(), moment);
    }
  }

  /** A row by the id that its source gave the node. @returns its ordinal, or null where the run has none. */
  async find(nodeId) {
    const moment = this.#moment;
    const answer = await fetch(`${this.url}?node_id=${encodeURIComponent(nodeId)}${moment.query}`);
    return answer.ok ? this.#take(await answer.text(), moment)[0] ?? null : null;
  }

  #keep(html, moment) {
    this.#take(html, moment);
    this.#asking.clear();
    this.onArrive();
  }

  /** Keeps the rows of an answer. @returns their ordinals. */
  #take(html, { versionOf }) {
    const arrived = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-ordinal]");
    for (const row of arrived) {
      const ordinal = Number(row.dataset.ordinal);
      this.#rows.delete(ordinal);
      this.#rows.set(ordinal, row);
      row.version = versionOf(ordinal);
      this.#stale.delete(ordinal);
    }
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= KEEP) break;
      this.#rows.delete(oldest);
    }
    return Array.from(arrived, (row) => Number(row.dataset.ordinal));
  }
}
