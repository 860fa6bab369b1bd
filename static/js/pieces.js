// DOM. Pieces of what is too large for a page: fetched on request, each in the place of the gap that stood for it.
//
// Without this script the same links lead to pages of their own.

import { gettext } from "./gettext.js";

/** Follows links with `data-piece` and opens `<details data-opens>`, wherever on the page they come to be. */
export function attachPieces() {
  document.addEventListener("click", onClick);
  // The event of a <details> does not bubble.
  document.addEventListener("toggle", onToggle, true);
}

function onClick(event) {
  const link = event.target.closest("a[data-piece]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  put(link);
}

function onToggle(event) {
  const { target } = event;
  if (!target.open || target.dataset?.opens === undefined) return;
  const link = target.querySelector(":scope > [data-gap] > a[data-piece]");
  if (link) put(link);
}

/** What the link leads to takes the place of its gap; who stood on the link stands at the beginning of it. */
async function put(link) {
  const gap = link.closest("[data-gap]");
  if (gap.getAttribute("aria-busy") === "true") return;
  gap.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect"));
    if (!answer.ok) throw new Error(answer.statusText);
    const piece = document.createElement("template");
    piece.innerHTML = await answer.text();
    const first = piece.content.querySelector("pre, a, summary");
    const hadFocus = gap.contains(document.activeElement);
    gap.replaceWith(piece.content);
    if (hadFocus) first?.focus({ preventScroll: true });
  } catch {
    gap.setAttribute("aria-busy", "false");
    link.textContent = gettext("Could not be fetched. Again?");
  }
}
