// PURE. The player's keys, wherever the focus is: but for rows of the tree, fields and buttons, which have their own.

export const KEYS = Object.freeze({ " ": "play", ArrowLeft: "back", ArrowRight: "on", "[": "earlier", "]": "later", Home: "begin", End: "end" });

/** Whether a key is the player's. On the scrubber all of them are; a button takes Space for itself. */
export function isForPlayer(event, scrubber) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const { target } = event;
  if (target === scrubber) return true;
  if (target.closest("[role=row], input, textarea, select, dialog, [contenteditable]")) return false;
  return !(event.key === " " && target.closest("button, a, summary"));
}
