// PURE. A whole tree at the height of a picture: which fates the lines have that each stripe stands for.

export const FATES = ["selected", "kept", "open", "failed", "discarded"];

/**
 * @returns {{counts: Uint32Array, answer: number}} for each stripe, how many of its lines have each of FATES; and the
 * stripe in which the answer is, or -1. With fewer lines than stripes, a line fills several.
 */
export function stripesOf(index, lines, height) {
  const { codes } = lines;
  const counts = new Uint32Array(height * FATES.length);
  const place = index.bones.names.fate.map((name) => FATES.indexOf(name));
  const folded = FATES.indexOf("discarded");
  const { fate } = index.bones.columns;
  let answer = -1;
  for (let line = 0; line < codes.length; line++) {
    const from = Math.floor((line * height) / codes.length);
    const to = Math.max(from + 1, Math.floor(((line + 1) * height) / codes.length));
    const code = codes[line];
    const at = code < 0 ? folded : place[fate[code]] ?? -1;
    if (code >= 0 && code === index.answer) answer = from;
    if (at < 0) continue;
    for (let stripe = from; stripe < to; stripe++) counts[stripe * FATES.length + at]++;
  }
  return { counts, answer };
}

/** Where the window stands on the picture: from and to, in its pixels; at least a few, so that it can be seen. */
export function windowOn({ top, view, whole, height, least = 6 }) {
  const size = Math.min(height, Math.max(least, (view / whole) * height));
  const room = Math.max(1, whole - view);
  return { from: Math.min(1, top / room) * (height - size), size };
}

/** The scroll offset that brings what is at `y` of the picture to the middle of the window. */
export function topAt({ y, view, whole, height }) {
  return Math.min(Math.max(0, (y / height) * whole - view / 2), Math.max(0, whole - view));
}
