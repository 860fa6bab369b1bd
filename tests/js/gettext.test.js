import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { gettext, ngettext, pgettext, speak } from "../../static/js/gettext.js";

const GERMAN = {
  form: (n) => Number(n !== 1),
  words: { "{a} of {b}": "{b}, davon {a}", open: "öffnen", "word\u0004open": "offen", "{n} hit": ["ein Treffer", "{n} Treffer"] },
};

afterEach(() => speak(undefined));

test("it works", () => {
  assert.equal(gettext("{a} of {b}", { a: 3, b: 8 }), "3 of 8");
  speak(GERMAN);
  assert.equal(gettext("{a} of {b}", { a: 3, b: 8 }), "8, davon 3");
});

test("a word with several meanings is asked for by its context", () => {
  speak(GERMAN);
  assert.equal(gettext("open"), "öffnen");
  assert.equal(pgettext("word", "open"), "offen");
});

test("a number chooses its form, in English and elsewhere", () => {
  const hits = (n) => ngettext(n, "{n} hit", "{n} hits");
  assert.deepEqual([0, 1, 2].map(hits), ["0 hits", "1 hit", "2 hits"]);
  speak(GERMAN);
  assert.deepEqual([0, 1, 2].map(hits), ["0 Treffer", "ein Treffer", "2 Treffer"]);
});

test("what a language does not say stays English", () => {
  speak(GERMAN);
  assert.equal(gettext("Copied"), "Copied");
  assert.equal(pgettext("word", "kept"), "kept");
  assert.equal(ngettext(2, "{n} node", "{n} nodes", { n: "2" }), "2 nodes");
});

test("a part's own braces are left as they are", () => {
  assert.equal(gettext("for {asked}", { asked: "{b} $1" }), "for {b} $1");
  assert.equal(gettext("{missing} stays", {}), "{missing} stays");
});
