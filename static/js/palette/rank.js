// PURE. Which commands match what was typed, and which comes first.
//
// 5 the whole name · 4 its beginning · 3 a word's beginning · 2 somewhere in it · 1 its letters in this order, else no match. Each
// word that was typed must match; a command is as good as its worst word, and among equals the page's order stands.

/** @returns 0 to 5: how well one name matches what was typed. */
export function matchOf(name, typed) {
  const text = name.toLowerCase();
  const whole = typed.trim().toLowerCase();
  if (!whole) return 1;
  if (text === whole) return 5;
  if (text.startsWith(whole)) return 4;
  return Math.min(...whole.split(/\s+/).map((word) => matchOfWord(text, word)));
}

function matchOfWord(text, word) {
  const at = text.indexOf(word);
  if (at === 0 || (at > 0 && text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)))) return 3;
  if (at > 0) return 2;
  let from = 0;
  for (const letter of word) {
    const found = text.indexOf(letter, from);
    if (found < 0) return 0;
    from = found + letter.length;
  }
  return 1;
}

/** The commands that match, the best first. */
export function ranked(commands, typed) {
  return commands
    .map((command, place) => ({ command, place, match: matchOf(command.name, typed) }))
    .filter(({ match }) => match > 0)
    .sort((one, other) => other.match - one.match || one.place - other.place)
    .map(({ command }) => command);
}

/** The place after a step through `count` options, around the ends; -1 where there are none. */
export function stepped(at, step, count) {
  if (count === 0) return -1;
  return at < 0 ? (step > 0 ? 0 : count - 1) : (at + step + count) % count;
}
