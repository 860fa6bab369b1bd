// DOM. What a page offers, read from what stands on it: its links to pages and sections, and its buttons.
//
// Nothing is listed that could not be clicked. A form's own buttons are left out (they need its fields), but for those of the head.

import { gettext } from "../gettext.js";

const PLACES = [
  [".tabs a", () => gettext("section")],
  [".top__nav a", () => gettext("page")],
  ["main :is(button, a.button, summary), .top__tools button", () => gettext("action")],
];
const NEVER = "dialog *, [role=row] *, [role=treegrid] *, tr *, [disabled], [aria-disabled=true], .json *, main form button:not([type=button]), [data-palette-button]";
const AT_MOST = 150;

/** @returns {{name: string, kind: string, run: () => void}[]} in the order of the page. */
export function commandsOf(page) {
  const known = new Set();
  const commands = [];
  for (const [selector, kind] of PLACES) {
    for (const element of page.querySelectorAll(selector)) {
      const name = nameOf(element);
      if (!name || known.has(name) || element.matches(NEVER) || !element.checkVisibility()) continue;
      known.add(name);
      const group = element.closest("[role=group][aria-label]")?.getAttribute("aria-label");
      commands.push({ name, kind: group ?? kind(), run: () => element.click() });
      if (commands.length === AT_MOST) return commands;
    }
  }
  return [...commands, ...searchOf(page)];
}

function searchOf(page) {
  const field = page.querySelector("[data-search]");
  return field ? [{ name: field.labels?.[0]?.textContent.trim() || field.placeholder, kind: gettext("action"), run: () => field.focus() }] : [];
}

/** What it is called to whoever cannot see it: its label, else its words without its signs. */
function nameOf(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const words = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("[aria-hidden=true]")) words.push(walker.currentNode.data);
  return (element.getAttribute("aria-label") ?? words.join(" ")).replace(/\s+/g, " ").trim().slice(0, 80);
}
