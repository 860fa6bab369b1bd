// Pure. Where rows stand to each other, from their levels alone.

export const levelOf = (row) => Number(row.getAttribute("aria-level"));

/** The first row after `at` that does not hang under it. */
export function endOf(levels, at) {
  let end = at + 1;
  while (end < levels.length && levels[end] > levels[at]) end += 1;
  return end;
}

/** The row that `at` hangs under, or -1. */
export function parentOf(levels, at) {
  let above = at - 1;
  while (above >= 0 && levels[above] >= levels[at]) above -= 1;
  return above;
}

/** The next row of the same level under the same parent, or the previous one with a step of -1; -1 where there is none. */
export function siblingOf(levels, at, step) {
  for (let other = at + step; other >= 0 && other < levels.length && levels[other] >= levels[at]; other += step) {
    if (levels[other] === levels[at]) return other;
  }
  return -1;
}
