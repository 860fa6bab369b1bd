// DOM. What a tree says in words: how many nodes are shown, and, now and then, how many are new or match.

import { gettext, ngettext } from "../gettext.js";
import { short } from "../words.js";

const SAY_EVERY = 5000;
const SAY_AFTER = 600;

/** Shows how many nodes there are, or how many of them a filter or a search lets through. */
export function showTally(element, view) {
  const { index, lines: { kept } } = view;
  const nodes = ngettext(index.nodes, "{n} node", "{n} nodes", { n: short(index.nodes) });
  element.textContent = kept ? gettext("{hits} of {nodes}", { hits: short(kept.hits), nodes }) : nodes;
}

/** What a screen reader is told: growth, never more often than it can be listened to, and how much a filter finds. */
export class TreeNews {
  #saidAt = 0;
  #saidNodes = 0;
  #timer = 0;

  constructor(element) {
    this.element = element;
  }

  say(text) {
    this.element.textContent = text;
  }

  /** Once typing and choosing have rested. */
  matched(tally, isNarrowed) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.say(isNarrowed ? gettext("{hits} match", { hits: tally }) : gettext("all {nodes}", { nodes: tally })), SAY_AFTER);
  }

  grow(nodes) {
    const now = Date.now();
    const more = nodes - this.#saidNodes;
    const due = now - this.#saidAt > SAY_EVERY;
    if (this.#saidAt && more && due) this.say(ngettext(more, "{n} new node", "{n} new nodes"));
    if (due) { this.#saidAt = now; this.#saidNodes = nodes; }
  }
}
