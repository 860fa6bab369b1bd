// DOM. The command palette: a field, and under it what matches. The page's own commands first, then what the server finds.

import { gettext, ngettext } from "../gettext.js";
import { commandsOf } from "./commands.js";
import { ranked, stepped } from "./rank.js";

const DELAY = 150;
const SHOWN = 12;
const AT_REST = 40;

/** Attaches to `<dialog data-palette>` and its buttons. Without this script there is neither. */
export function attachPalette(dialog) {
  const palette = new Palette(dialog);
  for (const button of document.querySelectorAll("[data-palette-button]")) {
    button.hidden = false;
    button.addEventListener("click", () => palette.open());
  }
  document.addEventListener("keydown", (event) => palette.onShortcut(event));
}

class Palette {
  #timer = 0;
  #asking = null;
  #commands = [];
  #at = -1;

  constructor(dialog) {
    this.dialog = dialog;
    [this.field, this.list, this.own, this.found, this.rest, this.said] =
      ["field", "list", "own", "found", "rest", "said"].map((name) => dialog.querySelector(`[data-palette-${name}]`));
    this.field.addEventListener("input", () => this.#narrow());
    this.field.addEventListener("keydown", (event) => this.#onKey(event));
    this.list.addEventListener("click", (event) => this.#onClick(event));
    // The field keeps the focus: options are pointed at, never entered.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => this.#forget());
  }

  onShortcut(event) {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  }

  open() {
    if (document.querySelector("dialog[open]")) return;
    this.#commands = commandsOf(document);
    this.field.value = "";
    this.dialog.showModal();
    this.#narrow();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.found.replaceChildren();
  }

  #narrow() {
    const typed = this.field.value;
    const shown = ranked(this.#commands, typed).slice(0, typed.trim() ? SHOWN : AT_REST);
    this.own.replaceChildren(...shown.map(optionOf));
    this.rest.replaceChildren(...searchesFor(typed).map(optionOf));
    this.#forget();
    this.#point(0);
    if (typed.trim()) this.#timer = setTimeout(() => this.#ask(typed), DELAY);
  }

  async #ask(typed) {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const run = /^\/runs\/([0-9a-f-]{36})/.exec(location.pathname)?.[1] ?? "";
    const query = new URLSearchParams({ q: typed, run });
    this.list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${this.dialog.dataset.url}?${query}`, { signal, headers: { "HX-Request": "true" } });
      if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect"));
      if (!answer.ok) throw new Error(answer.statusText);
      const piece = document.createElement("template");
      piece.innerHTML = await answer.text();
      if (signal.aborted) return;
      this.found.replaceChildren(piece.content);
      this.#point(this.#at);
    } catch (refused) {
      if (!signal.aborted) this.said.textContent = gettext("The server could not be asked.");
    } finally {
      this.list.setAttribute("aria-busy", "false");
    }
  }

  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#point(stepped(this.#at, step, this.#options().length));
    else if (event.key === "Enter") this.#choose(this.#options()[this.#at]);
    else return;
    event.preventDefault();
  }

  #onClick(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.#choose(option);
  }

  #options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  /** One option is the chosen one; the field says which, for it keeps the focus. */
  #point(at) {
    const options = this.#options();
    this.#at = options.length ? Math.min(Math.max(at, 0), options.length - 1) : -1;
    options.forEach((option, place) => { option.id = `palette-option-${place}`; option.setAttribute("aria-selected", String(place === this.#at)); });
    const chosen = options[this.#at];
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
    this.said.textContent = options.length ? ngettext(options.length, "{n} match", "{n} matches") : gettext("Nothing matches.");
  }

  /** The palette closes first, so that what is done begins where the person was. */
  #choose(option) {
    if (!option) return;
    this.dialog.close();
    const { href, node } = option.dataset;
    if (!href) return option.command.run();
    const isHere = node && document.querySelector("[data-tree]") && new URL(href, location.href).pathname === location.pathname;
    if (isHere) document.dispatchEvent(new CustomEvent("tree:show", { detail: { ordinal: node } }));
    else location.assign(href);
  }
}

/** Texts are searched where there is room for many: the tree's own search takes the words. */
function searchesFor(typed) {
  const field = document.querySelector("[data-search]");
  if (!field || !typed.trim()) return [];
  const run = () => {
    field.value = typed.trim();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return [{ name: gettext("Search for “{words}”", { words: typed.trim() }), kind: field.labels?.[0]?.textContent.trim() || field.placeholder, run }];
}

function optionOf(command) {
  const option = Object.assign(document.createElement("div"), { className: "palette__option", role: "option", command });
  const name = Object.assign(document.createElement("span"), { className: "clip", textContent: command.name });
  const kind = Object.assign(document.createElement("span"), { className: "quiet small", textContent: command.kind });
  option.append(name, kind);
  return option;
}
