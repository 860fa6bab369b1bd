import assert from "node:assert/strict";
import { test } from "node:test";

import { matchOf, ranked, stepped } from "../../static/js/palette/rank.js";

const named = (...names) => names.map((name) => ({ name }));
const found = (typed, ...names) => ranked(named(...names), typed).map(({ name }) => name);

test("it works", () => {
  assert.deepEqual(found("gr", "Timeline", "Figures", "Graveyard", "Telegraph"), ["Graveyard", "Telegraph", "Figures"]);
});

test("the whole name comes before its beginning, that before a word's, that before any place, that before mere letters", () => {
  const names = ["r-u-n", "overrun", "a run", "running", "run"];
  assert.deepEqual(names.map((name) => matchOf(name, "Run")), [1, 2, 3, 4, 5]);
  assert.deepEqual(found("run", ...names), [...names].reverse());
});

test("each word that was typed must match", () => {
  assert.equal(matchOf("Cost by branch", "branch cost"), 3);
  assert.equal(matchOf("Cost by branch", "cost timeline"), 0);
});

test("equals stay in the order of the page, and nothing typed keeps all", () => {
  assert.deepEqual(found("p", "Pause", "Policies", "Prices"), ["Pause", "Policies", "Prices"]);
  assert.deepEqual(found("  ", "b", "a"), ["b", "a"]);
});

test("a step goes around the ends", () => {
  assert.deepEqual([stepped(0, -1, 3), stepped(2, 1, 3), stepped(-1, 1, 3), stepped(-1, -1, 3), stepped(0, 1, 0)], [2, 0, 0, 2, -1]);
});
