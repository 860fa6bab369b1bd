// DOM. The page's side of the worker that reads the record: asks for the run as it was at an entry.

export class Reader {
  #worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  #awaited = null;

  /** @param handlers `onGrown` gets new entries, `onMoment` the run as it was at one, `onFailed` why reading stopped. */
  constructor({ url, run, onGrown, onMoment, onFailed }) {
    // An address from the page's root: a worker's own base is where its file lies.
    this.source = { do: "read", url: new URL(url, location.href).href, run };
    this.#worker.onmessage = ({ data }) => {
      if (data.grown) onGrown(data.grown);
      else if (data.failed !== undefined) onFailed(data.failed);
      else this.#take(data.moment, onMoment);
    };
    this.#worker.onerror = (event) => onFailed(event.message);
  }

  read() {
    this.#worker.postMessage(this.source);
  }

  /** The run as it was at an entry, as soon as that is read; only the last one asked for is sure to come. */
  seek(seq) {
    this.#awaited = seq;
    this.#worker.postMessage({ do: "seek", seq });
  }

  get isBusy() { return this.#awaited !== null; }

  close() {
    this.#worker.terminate();
  }

  #take(moment, onMoment) {
    if (moment.seq === this.#awaited) this.#awaited = null;
    onMoment(moment);
  }
}
