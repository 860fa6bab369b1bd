// DOM. A link within a page whose sections arrive as they come into view: what arrives above the section that was asked
// for pushes it away, so it is brought back until the reader moves.

const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

/** @returns a function that stops. */
export function attachAimed(sections) {
  let aim = location.hash.slice(1);

  const bringBack = () => { if (aim) document.getElementById(aim)?.scrollIntoView(); };
  const letGo = () => { aim = ""; };
  const onHash = () => { aim = location.hash.slice(1); bringBack(); };
  sections.addEventListener("htmx:afterSettle", bringBack);
  addEventListener("hashchange", onHash);
  for (const move of MOVES) addEventListener(move, letGo, { passive: true });
  return () => {
    sections.removeEventListener("htmx:afterSettle", bringBack);
    removeEventListener("hashchange", onHash);
    for (const move of MOVES) removeEventListener(move, letGo);
  };
}
