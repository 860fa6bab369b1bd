// DOM. What a page has its socket bring: the bones after what it has, and the pieces that it shows.
//
// Said before each answer, so that no more than one is ever on its way. What the socket does not bring, or does not
// bring any more, htmx and the loader fetch as ever.

import { Cared } from "./cared.js";

const LISTENING = "[hx-get][hx-trigger^=poke]";
const BROUGHT = /^\/runs\/[0-9a-f-]{36}\/(header|candidates|verdicts)(\?[!-~]{0,400})?$/; // the server hangs up on others

const cared = new Cared();
let afterOf = null;

/** The tree says which entry its bones are as of, or null while it has none. */
export function bringBonesAfter(seqOf) { afterOf = seqOf; }

/** What is wanted now, as it is told to the socket. */
export function wanted() {
  const shown = Array.from(document.querySelectorAll(LISTENING), (element) => element.getAttribute("hx-get"));
  const pieces = shown.filter((address) => BROUGHT.test(address)).slice(0, 8);
  cared.presume(pieces);
  return JSON.stringify({ after: afterOf?.() ?? null, pieces });
}

/** Puts pieces that look otherwise in the place of those that stand, and fetches those that were counted on in vain. */
export function putPieces(pieces) {
  const missing = cared.settle(Object.keys(pieces));
  for (const [address, html] of Object.entries(pieces)) {
    const standing = html !== null && listening(address);
    if (standing) window.htmx.swap(standing, html, { swapStyle: "outerHTML", settleDelay: 0, swapDelay: 0 });
  }
  for (const address of missing) {
    const standing = listening(address);
    if (standing) window.htmx.ajax("GET", address, { source: standing, target: standing, swap: "outerHTML" });
  }
}

function listening(address) {
  return document.querySelector(`[hx-get="${CSS.escape(address)}"][hx-trigger^=poke]`);
}

/** A socket that is gone brings nothing. */
export function bringNothing() { cared.forget(); }

/** Keeps htmx from asking for what the socket brings. */
export function attachBrought() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, path, triggeringEvent } = event.detail;
    if (triggeringEvent?.type === "poke" && elt.matches(LISTENING) && cared.has(path)) event.preventDefault();
  });
}
