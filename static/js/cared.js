// Pure. Which pieces of a page its socket takes care of, so that the page does not fetch them too.
//
// Until the socket has said which it brings, it is presumed to bring all that it was asked for: fifty pages that fetched
// three pieces each with the first poke held up their run for a second.

export class Cared {
  #addresses = new Set();
  #isPresumed = true;

  has(address) { return this.#addresses.has(address); }

  /** The socket was asked for these. */
  presume(addresses) {
    if (this.#isPresumed) for (const address of addresses) this.#addresses.add(address);
  }

  /** The socket brought these, and will. @returns those that were counted on in vain. */
  settle(brought) {
    const missing = [...this.#addresses].filter((address) => !brought.includes(address));
    this.#addresses = new Set(brought);
    this.#isPresumed = false;
    return missing;
  }

  /** The socket is gone, or may have missed something; of the next word it is presumed anew. */
  forget() {
    this.#addresses.clear();
    this.#isPresumed = true;
  }
}
