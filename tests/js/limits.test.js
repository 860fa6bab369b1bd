import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, isForPlayer } from "../../static/js/playback/keys.js";
import { amountWords, limitsIn, limitWords } from "../../static/js/playback/limits.js";
import { since } from "../../static/js/playback/since.js";
import { density } from "../../static/js/playback/timeline.js";

const words = { of: "{spent} of {limit}", unknown: "not recorded", after: "{time} after the start", before: "{time} before the start" };

test("it works", () => {
  const [limit] = limitsIn({ nodes: 3, "limit.usd.hard": 0.5, "limit.usd.soft": 0.4, "limit.usd.spent": 0.31 }, 0);
  assert.equal(limitWords(limit, words), "$0.31 of $0.50");
  assert.deepEqual([limit.share.toFixed(2), limit.softShare, limit.tone], ["0.62", 0.8, null]);
});

test("near a limit or past the soft one a bar is warm, beyond the hard one over", () => {
  const tone = (spent) => limitsIn({ "limit.tokens.hard": 100, "limit.tokens.soft": 50, "limit.tokens.spent": spent }, 0)[0].tone;
  assert.deepEqual([40, 50, 100, 101].map(tone), [null, "warm", "warm", "over"]);
});

test("a limit of nothing, spending that is unknown, and depth", () => {
  assert.equal(limitsIn({ "limit.tokens.hard": 0, "limit.tokens.spent": 1 }, 0)[0].share, 1);
  assert.equal(limitWords(limitsIn({ "limit.usd.hard": 1 }, 0)[0], words), "not recorded of $1.00");
  assert.equal(limitsIn({ "limit.depth.hard": 4 }, 3)[0].spent, 3);
  assert.deepEqual(limitsIn({ "limit.usd.spent": 1 }, 0), []);
});

test("amounts are written as the server writes them", () => {
  assert.deepEqual([["usd", 0.0012], ["usd", 1234.5], ["seconds", 12.5], ["seconds", 14400], ["tokens", 1200]].map((each) => amountWords(...each)), ["$0.0012", "$1,234.50", "12.5 s", "14,400 s", "1,200"]);
});

test("times are told from the start", () => {
  assert.deepEqual([since(0.37e6, words), since(-2e6, words), since(125e6, words), since(NaN, words)], ["370 ms after the start", "2.0 s before the start", "2 min 5 s after the start", ""]);
});

test("decisions are counted in columns", () => {
  assert.deepEqual([...density(Int8Array.from([-1, 0, 0, 1]), 2, 4, 2)], [1, 0, 1, 1]);
});

test("keys are the player's but where somebody types, reads the tree or presses a button", () => {
  const scrubber = { closest: () => "input" };
  const event = (key, target) => ({ key, target });
  const inside = (what) => ({ closest: (selector) => selector.split(", ").includes(what) });
  assert.equal(KEYS["]"], "later");
  assert.ok(isForPlayer(event("Home", scrubber), scrubber));
  assert.ok(!isForPlayer(event("[", inside("[role=row]")), scrubber));
  assert.ok(!isForPlayer(event(" ", inside("button")), scrubber));
  assert.ok(isForPlayer(event("ArrowLeft", inside("button")), scrubber));
});
