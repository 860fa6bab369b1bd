// PURE. What scripts say, in the language of the page. `languages/*.js` brings a catalogue; without one all is English.

const ENGLISH = Object.freeze({ form: (n) => (n === 1 ? 0 : 1), words: Object.freeze({}) });
const CONTEXT = "\u0004";
let catalogue = ENGLISH;

/** Takes `{form, words}`: which of the forms a number asks for, and by the English what is said in its place. */
export function speak(given) { catalogue = given ?? ENGLISH; }

/** gettext("{hits} of {nodes}", { hits: 3, nodes: 8 }) → "3 of 8". */
export function gettext(english, parts) { return filled(catalogue.words[english] ?? english, parts); }

/** The same where one English word has several meanings: pgettext("word", "open"). */
export function pgettext(context, english, parts) { return filled(catalogue.words[context + CONTEXT + english] ?? english, parts); }

/** ngettext(2, "{n} hit", "{n} hits", { n: "2" }) → "2 hits"; `n` is the count itself where no other is given. */
export function ngettext(count, one, many, parts) {
  const forms = catalogue.words[one] ?? [one, many];
  return filled(forms[catalogue.words[one] ? catalogue.form(count) : ENGLISH.form(count)], { n: count, ...parts });
}

function filled(text, parts) {
  return parts ? text.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole) : text;
}
