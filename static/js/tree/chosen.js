// DOM. The chosen node: named in the address, shown in the panel, opened at one of its parts where that is named too.

const PANEL_DELAY = 120;

export class ChosenNode {
  #timer = 0;
  #wanted = null;
  #opening = false;
  #part = null;

  constructor(flesh) {
    this.flesh = flesh;
  }

  /** The node that is chosen next is opened at this part. */
  lead(part) {
    this.#part = part;
  }

  /** Goes to a part of the node that is shown, and names it in the address. */
  goTo(ordinal, part) {
    history.replaceState(history.state, "", `#node=${ordinal}&part=${part}`);
    const section = document.querySelector(`#node-panel #part-${part}`);
    section?.scrollIntoView({ block: "start" });
    section?.focus({ preventScroll: true });
  }

  /** The panel follows the focus, a little later than the keys. */
  choose(ordinal) {
    history.replaceState(history.state, "", `#node=${ordinal}${this.#part ? `&part=${this.#part}` : ""}`);
    if (!document.getElementById("node-panel")) return;
    clearTimeout(this.#timer);
    this.#wanted = ordinal;
    this.#timer = setTimeout(() => this.#open().catch(() => {}), PANEL_DELAY);
  }

  /** One panel at a time: htmx drops a request whose target another one has replaced meanwhile. */
  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    try {
      while (this.#wanted !== null) {
        const ordinal = this.#wanted;
        this.#wanted = null;
        await this.#openPanel(ordinal);
      }
    } finally {
      this.#opening = false;
    }
  }

  /** To the page of a node, as it is now. */
  follow(ordinal) {
    const url = this.flesh.get(ordinal)?.dataset.nodeUrl;
    if (url) location.assign(url);
  }

  async #openPanel(ordinal) {
    // Beside what comes into view: a request for that would abort this one, and the panel would stay as it was.
    if (!this.flesh.get(ordinal)) await this.flesh.fetchMissing([ordinal]);
    const url = this.flesh.get(ordinal)?.dataset.nodeUrl;
    if (!url) return;
    await window.htmx.ajax("GET", url, { target: "#node-panel", swap: "outerHTML" });
    if (this.#part) this.goTo(ordinal, this.#part);
    this.#part = null;
  }
}
