// DOM. A node's path in words, or its address, goes to the clipboard.

import { gettext } from "../gettext.js";
import { describePath, pathTo } from "./path.js";
import { rowOf } from "./index.js";

/** What the buttons of the panel copy, by what they are called there. */
export class Copying {
  constructor({ view, flesh, say }) {
    Object.assign(this, { view, flesh, say });
  }

  /** A click on a button with `data-tree-copy` ("path" or "link") and `data-ordinal`. */
  async copy(button) {
    const ordinal = Number(button.dataset.ordinal);
    const isPath = button.dataset.treeCopy === "path";
    try {
      await put(isPath ? await this.#path(ordinal) : this.#link(ordinal));
      this.say(isPath ? gettext("Path copied") : gettext("Link copied"));
      told(button, gettext("Copied"));
    } catch {
      this.say(gettext("It could not be copied"));
      told(button, gettext("Could not copy"));
    }
  }

  async #path(ordinal) {
    const { index } = this.view;
    const row = rowOf(index, ordinal);
    await this.flesh.fetchMissing(pathTo(index, row).map((at) => index.ordinal[at]));
    return describePath(index, row, (at) => this.flesh.get(at)?.dataset.name || this.flesh.previewOf(at));
  }

  /** The view as it stands, opened on the node. */
  #link(ordinal) {
    return `${location.origin}${location.pathname}${location.search}#node=${ordinal}`;
  }
}

/** Browsers give their clipboard to pages over HTTPS and on this machine; elsewhere a selection is copied. */
async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "sr-only" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

function told(button, text) {
  const usual = button.dataset.usual ??= button.textContent;
  button.textContent = text;
  setTimeout(() => { button.textContent = usual; }, 1500);
}
