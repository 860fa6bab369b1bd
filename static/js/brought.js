// DOM. What a page has its socket bring: the bones after what it has, and the pieces that it shows.
//
// Said before each answer, so that no more than one is ever on its way. What the socket does not bring, or does not
// bring any more, htmx and the loader fetch as ever.

const LISTENING = "[hx-get][hx-trigger^=poke]";
const BROUGHT = /^\/runs\/[0-9a-f-]{36}\/(header|candidates|verdicts)(\?[!-~]{0,400})?$/; // the server hangs up on others

/** Addresses of pieces that the open socket takes care of. */
const cared = new Set();
let afterOf = null;

/** The tree says which entry its bones are as of, or null while it has none. */
export function bringBonesAfter(seqOf) { afterOf = seqOf; }

/** What is wanted now, as it is told to the socket. */
export function wanted() {
  const shown = Array.from(document.querySelectorAll(LISTENING), (element) => element.getAttribute("hx-get"));
  return JSON.stringify({ after: afterOf?.() ?? null, pieces: shown.filter((address) => BROUGHT.test(address)).slice(0, 8) });
}

/** Puts pieces that look otherwise in the place of those that stand. */
export function putPieces(pieces) {
  cared.clear();
  for (const [address, html] of Object.entries(pieces)) {
    cared.add(address);
    const standing = document.querySelector(`[hx-get="${CSS.escape(address)}"][hx-trigger^=poke]`);
    if (html !== null && standing) window.htmx.swap(standing, html, { swapStyle: "outerHTML", settleDelay: 0, swapDelay: 0 });
  }
}

/** A socket that is gone brings nothing. */
export function bringNothing() { cared.clear(); }

/** Keeps htmx from asking for what the socket brings. */
export function attachBrought() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, path, triggeringEvent } = event.detail;
    if (triggeringEvent?.type === "poke" && elt.matches(LISTENING) && cared.has(path)) event.preventDefault();
  });
}
