// The server's part of each row (names, previews, verdicts), asked for as rows come into view.
//
// One request at a time; the one for rows that have scrolled away is aborted. A row that changed is asked for
// again, and its old text stays until the new one is here. What is lost by an aborted or failed request is
// asked for again by the next scroll or poke.

const KEEP = 4000;
const LIMIT = 200;

export class Flesh {
  #rows = new Map();
  #stale = new Set();
  #asking = new Set();
  #changed = new Set(); // while they were asked for
  #abort = null;
  #timer = 0;
  moment = "";

  constructor(url, onArrive) {
    this.url = url;
    this.onArrive = onArrive;
  }

  get(ordinal) { return this.#rows.get(ordinal); }
  previewOf(ordinal) { return this.#rows.get(ordinal)?.querySelector(".row__preview")?.textContent.trim() ?? ""; }
  textOf(ordinal) { return this.#rows.get(ordinal)?.textContent ?? ""; }
  markStale(ordinals) {
    for (const ordinal of ordinals) {
      this.#stale.add(ordinal);
      this.#rows.get(ordinal)?.setAttribute("data-stale", "");
      if (this.#asking.has(ordinal)) this.#changed.add(ordinal);
    }
  }

  /** From now on rows as they were at an entry. Going back, what was said later is not shown for a moment. */
  moveTo(seq, changed, isBack) {
    this.moment = `&seq=${seq}`;
    this.markStale(changed);
    if (isBack) for (const ordinal of changed) this.#rows.delete(ordinal);
  }

  missing(ordinal) { return !this.#rows.has(ordinal) || this.#stale.has(ordinal); }

  /** Ask for these soon: a quick scroll asks only where it ends. */
  want(ordinals, delay = 40) {
    const asked = ordinals.filter((ordinal) => this.missing(ordinal) && !this.#asking.has(ordinal)).slice(0, LIMIT);
    clearTimeout(this.#timer);
    if (asked.length) this.#timer = setTimeout(() => this.load(asked).catch(() => {}), delay);
  }

  async load(ordinals) {
    this.#abort?.abort();
    const abort = this.#abort = new AbortController();
    this.#asking = new Set(ordinals);
    this.#changed.clear();
    try {
      const answer = await fetch(`${this.url}?nodes=${ordinals.join(",")}${this.moment}`, { signal: abort.signal });
      if (!answer.ok) throw new Error(`rows: ${answer.status}`);
      this.#keep(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      if (this.#abort === abort) this.#asking.clear();
    }
  }

  /** Some rows that are not in view, asked for beside the others. */
  async fetchMissing(ordinals) {
    const asked = ordinals.filter((ordinal) => this.missing(ordinal));
    for (let from = 0; from < asked.length; from += LIMIT) {
      const answer = await fetch(`${this.url}?nodes=${asked.slice(from, from + LIMIT).join(",")}${this.moment}`);
      if (!answer.ok) throw new Error(`rows: ${answer.status}`);
      this.#take(await answer.text());
    }
  }

  /** A row by the id that its source gave the node. @returns its ordinal, or null where the run has none. */
  async find(nodeId) {
    const answer = await fetch(`${this.url}?node_id=${encodeURIComponent(nodeId)}${this.moment}`);
    return answer.ok ? this.#take(await answer.text())[0] ?? null : null;
  }

  #keep(html) {
    this.#take(html);
    this.#asking.clear();
    this.onArrive();
  }

  /** Keeps the rows of an answer. @returns their ordinals. */
  #take(html) {
    const arrived = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-ordinal]");
    for (const row of arrived) {
      const ordinal = Number(row.dataset.ordinal);
      this.#rows.delete(ordinal);
      this.#rows.set(ordinal, row);
      if (this.#changed.has(ordinal)) row.setAttribute("data-stale", "");
      else this.#stale.delete(ordinal);
    }
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= KEEP) break;
      this.#rows.delete(oldest);
    }
    return Array.from(arrived, (row) => Number(row.dataset.ordinal));
  }
}
