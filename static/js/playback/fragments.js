// DOM. Words from the server about what is looked at: asked for when it is looked at for a moment, the latest one shown.

const REST = 120;
const KEEP = 200;

export class Fragment {
  #kept = new Map();
  #timer = 0;
  #abort = null;
  #shown = null;

  /** @param query from what is asked for to the part of the address after "?". */
  constructor(element, url, query) {
    Object.assign(this, { element, url, query });
  }

  /** Shows what the server says of `asked`; nothing of null. What was shown stays until the answer is here. */
  show(asked) {
    if (asked === this.#shown) return;
    this.#shown = asked;
    clearTimeout(this.#timer);
    if (asked === null) return this.element.replaceChildren();
    if (this.#kept.has(asked)) return this.#put(asked);
    this.#timer = setTimeout(() => this.#ask(asked).catch(() => {}), REST);
  }

  close() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #ask(asked) {
    this.#abort?.abort();
    this.#abort = new AbortController();
    const answer = await fetch(`${this.url}?${this.query(asked)}`, { signal: this.#abort.signal });
    if (!answer.ok) throw new Error(`${this.url}: ${answer.status}`);
    this.#kept.set(asked, await answer.text());
    if (this.#kept.size > KEEP) this.#kept.delete(this.#kept.keys().next().value);
    if (asked === this.#shown) this.#put(asked);
  }

  #put(asked) {
    const said = new DOMParser().parseFromString(this.#kept.get(asked), "text/html");
    this.element.replaceChildren(...said.body.childNodes);
  }
}
