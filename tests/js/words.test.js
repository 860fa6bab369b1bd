import assert from "node:assert/strict";
import { test } from "node:test";

import { money, short } from "../../static/js/words.js";

test("money has two decimals from a cent upward, and two significant digits below", () => {
  const written = [[0, "$0"], [120_000, "$0.12"], [10_000, "$0.01"], [1_234_567_890_000, "$1,234,567.89"], [1_234, "$0.0012"], [9_999, "$0.010"], [100, "$0.00010"], [-2_500_000, "$-2.50"]];
  for (const [micros, words] of written) assert.equal(money(micros), words);
  assert.equal(money(null), "");
});

test("a count is whole up to ten thousand, and short beyond", () => {
  const written = [[0, "0"], [1_234, "1,234"], [9_999, "9,999"], [45_678, "45.7k"], [999_949, "999.9k"], [1_234_567, "1.23M"]];
  for (const [count, words] of written) assert.equal(short(count), words);
});
