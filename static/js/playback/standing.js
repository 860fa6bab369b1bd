// DOM. What a run had by an entry: its state and counts, its best answer, and its limits as bars.

import { money, plain, short } from "../words.js";
import { Fragment } from "./fragments.js";
import { limitsIn, limitWords } from "./limits.js";

const SVG = "http://www.w3.org/2000/svg";
const WRITTEN = { state: plain, cost: (micros) => money(micros), default: short };

export class Standing {
  #limits = new Map();

  constructor({ element, answerUrl, words }) {
    const part = (name) => element.querySelector(`[data-part=${name}]`);
    Object.assign(this, { words, title: part("answer-title"), why: part("answer-why"), limits: part("limits"), list: part("limit-list") });
    this.values = [...element.querySelectorAll("[data-value]")];
    this.answer = new Fragment(part("answer-text"), answerUrl, (node) => `node=${node}`);
    this.text = part("answer-text");
  }

  close() {
    this.answer.close();
  }

  show({ values, words, deepest }) {
    const said = { ...values, state: words.state[values.state] };
    for (const element of this.values) {
      const value = said[element.dataset.value] ?? null;
      write(element, value === null ? this.words.unknown : (WRITTEN[element.dataset.value] ?? WRITTEN.default)(value));
    }
    this.#showAnswer(values, words);
    this.#showLimits(limitsIn(values, deepest));
  }

  #showAnswer({ answer = null, best = null, strength = null, rule = null }, words) {
    const node = answer ?? best;
    write(this.title, answer === null ? this.words.best : this.words.selected);
    this.answer.show(node);
    if (node === null) write(this.text, this.words.none);
    const by = answer === null && rule !== null ? this.words.rules[words.rule[rule]] : undefined;
    write(this.why, by ? `${by}${strength === null ? "" : `: ${Number(strength.toPrecision(4))}`}` : "");
  }

  #showLimits(limits) {
    this.limits.hidden = limits.length === 0;
    const names = new Set(limits.map(({ name }) => name));
    for (const [name, line] of this.#limits) line.item.hidden = !names.has(name);
    for (const limit of limits) this.#showLimit(limit);
  }

  #showLimit(limit) {
    if (!this.#limits.has(limit.name)) this.#limits.set(limit.name, makeLine(this.list, this.words.limits[limit.name] ?? plain(limit.name)));
    const { meter, fill, soft, said } = this.#limits.get(limit.name);
    const words = limitWords(limit, this.words);
    write(said, words);
    meter.setAttribute("aria-valuetext", words);
    meter.setAttribute("aria-valuenow", String(Math.round((limit.share ?? 0) * 100)));
    fill.setAttribute("width", `${((limit.share ?? 0) * 100).toFixed(2)}%`);
    fill.setAttribute("class", `bar__fill${limit.tone ? ` bar__fill--${limit.tone}` : ""}`);
    soft.setAttribute("x", `${((limit.softShare ?? 0) * 100).toFixed(2)}%`);
    soft.toggleAttribute("hidden", limit.softShare === null);
  }
}

/** Writing what stands there already would still be a change to the page. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function makeLine(list, name) {
  const item = list.appendChild(document.createElement("li"));
  const label = item.appendChild(Object.assign(document.createElement("span"), { textContent: name, className: "standing__limit" }));
  const said = item.appendChild(Object.assign(document.createElement("span"), { className: "standing__spent" }));
  const meter = item.appendChild(Object.assign(document.createElement("div"), { className: "standing__meter" }));
  for (const [attribute, value] of Object.entries({ role: "meter", "aria-label": label.textContent, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 })) meter.setAttribute(attribute, value);
  const svg = meter.appendChild(document.createElementNS(SVG, "svg"));
  svg.setAttribute("class", "meter");
  svg.setAttribute("aria-hidden", "true");
  const [, fill, soft] = ["bar__track", "bar__fill", "meter__soft"].map((name_) => rect(svg, name_));
  soft.setAttribute("width", "2");
  return { item, meter, fill, soft, said };
}

function rect(svg, name) {
  const made = svg.appendChild(document.createElementNS(SVG, "rect"));
  for (const [attribute, value] of Object.entries({ class: name, width: "100%", height: "100%" })) made.setAttribute(attribute, value);
  return made;
}
