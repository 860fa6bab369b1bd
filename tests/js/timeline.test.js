// The timeline's arithmetic: places of times, windows, round times.

import assert from "node:assert/strict";
import { test } from "node:test";
import { holding, makeScale, ticks, words, zoomed } from "../../static/js/timeline/scale.js";

const GAPS = [{ start: 100, length: 800 }, { start: 950, length: 30 }];

test("it works: idle time is as long as it was", () => {
  const scale = makeScale(1000, GAPS, false);
  assert.equal(scale.length, 1000);
  assert.deepEqual([0, 100, 500, 950, 1000].map(scale.place), [0, 100, 500, 950, 1000]);
});

test("shortened, each gap takes a fortieth of the busy time, and what went on keeps its length", () => {
  const scale = makeScale(1000, GAPS, true);
  const short = 170 / 40;
  assert.equal(scale.length, 170 + 2 * short);
  assert.equal(scale.place(900), 100 + short);
  assert.equal(scale.place(950) - scale.place(900), 50);
  assert.equal(scale.place(1000), scale.length);
});

test("a shortened gap that is shorter already stays as it is", () => {
  assert.equal(makeScale(1000, [{ start: 10, length: 2 }], true).length, 1000);
});

test("places never go back, whatever the gaps", () => {
  const scale = makeScale(1000, GAPS, true);
  for (let time = 1; time <= 1000; time += 1) assert.ok(scale.place(time) >= scale.place(time - 1));
});

test("a window is moved no further than it must, and never beyond the ends", () => {
  assert.deepEqual(holding({ start: 0, width: 100 }, 50, 1000), { start: 0, width: 100 });
  assert.deepEqual(holding({ start: 0, width: 100 }, 200, 1000), { start: 105, width: 100 });
  assert.deepEqual(holding({ start: 500, width: 100 }, 2, 1000), { start: 0, width: 100 });
});

test("zoom keeps the place under it where it was", () => {
  const view = zoomed({ start: 0, width: 1000 }, 0.5, 250, 1000);
  assert.equal((250 - view.start) / view.width, 0.25);
  assert.deepEqual(zoomed(view, 0, 0, 1000), { start: 0, width: 1000 });
  assert.deepEqual(zoomed(view, 4, 250, 1000), { start: 0, width: 1000 });
});

test("ticks are round and few", () => {
  assert.deepEqual(ticks(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(ticks(130, 420, 4), [200, 300, 400]);
  assert.deepEqual(ticks(0, 7200e6, 5).map(words), ["0", "30 min", "1 h", "1 h 30 min", "2 h"]);
});

test("times are said in words", () => {
  assert.deepEqual([12, 3400, 2_500_000, 125e6, 3780e6].map(words), ["12 µs", "3.4 ms", "2.5 s", "2 min 5 s", "1 h 3 min"]);
});
