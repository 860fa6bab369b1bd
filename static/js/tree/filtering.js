// DOM. The form of a tree's filters: what can be asked, with how many nodes each word has, and what is asked.

import { gettext } from "../gettext.js";
import { plain, short } from "../words.js";
import { WORDS, choices, countAsked, noFilters, readDollars } from "./filters.js";

/** A verifier's name is its own; other words are of the vocabulary. */
const said = (name, asked) => (name === "verifier" ? asked : asked.split(",").map(plain).reduce((one, other) => gettext("{one} or {other}", { one, other })));

export class Filtering {
  filters = noFilters();
  #index = null;

  constructor({ form, button, tally, onChange, signal }) {
    Object.assign(this, { form, button, tally, onChange });
    button.addEventListener("click", () => this.open(form.hidden), { signal });
    form.addEventListener("input", () => this.#read(), { signal });
    form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    form.addEventListener("reset", (event) => { event.preventDefault(); this.ask(noFilters()); }, { signal });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.open(false); button.focus(); } }, { signal });
  }

  open(isOpen) {
    this.form.hidden = !isOpen;
    this.#fill();
    this.button.setAttribute("aria-expanded", String(isOpen));
  }

  /** Asks for these instead, and says so in the form. */
  ask(filters) {
    this.show(filters);
    this.onChange();
  }

  show(filters) {
    this.filters = filters;
    for (const name of WORDS) this.#choose(this.form.elements[name], filters[name]);
    this.form.elements.cost_from.value = filters.cost ?? "";
    this.#tell();
  }

  /** Offers the words that the tree has: counted when somebody sees them. */
  offer(index) {
    this.#index = index;
    this.#fill();
  }

  /** A list that somebody chooses from stays as it is. */
  #fill() {
    const index = this.#index;
    if (index === null || this.form.hidden) return;
    for (const name of WORDS) {
      const select = this.form.elements[name];
      if (select === document.activeElement) continue;
      const options = choices(index, name).map(([word, count]) => new Option(`${said(name, word)} (${short(count)})`, word));
      select.replaceChildren(new Option(gettext("any"), ""), ...options);
      this.#choose(select, this.filters[name]);
    }
  }

  /** An address may ask for several words, or for one that no node has: that is shown too. */
  #choose(select, asked) {
    if (![...select.options].some((option) => option.value === asked)) select.add(new Option(asked === "" ? gettext("any") : said(select.name, asked), asked));
    select.value = asked;
  }

  #read() {
    const { elements } = this.form;
    const cost = readDollars(elements.cost_from.value);
    elements.cost_from.setAttribute("aria-invalid", String(cost === null && elements.cost_from.value.trim() !== ""));
    this.filters = { ...Object.fromEntries(WORDS.map((name) => [name, elements[name].value])), cost };
    this.#tell();
    this.onChange();
  }

  #tell() {
    const asked = countAsked(this.filters);
    this.tally.textContent = asked ? String(asked) : "";
    this.button.toggleAttribute("data-asked", asked > 0);
  }
}
