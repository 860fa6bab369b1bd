import assert from "node:assert/strict";
import { test } from "node:test";

import { buildIndex } from "../../static/js/tree/index.js";
import { describePath } from "../../static/js/tree/path.js";
import { FATES, stripesOf, topAt, windowOn } from "../../static/js/tree/stripes.js";
import { newState, visibleLines } from "../../static/js/tree/visible.js";
import { bones, events } from "./grow.js";

const search = (count, seed = 5) => {
  const log = events(count, seed);
  return buildIndex(bones(log, log.length - 1));
};
const all = (index) => visibleLines(index, { ...newState(), mode: "all" });

test("it works", () => {
  const index = search(1000);
  const { counts } = stripesOf(index, all(index), 100);
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 1000, "ten lines a stripe, each counted once");
});

test("each stripe has the fates of its own lines, also where a line fills several stripes", () => {
  for (const [count, height] of [[900, 300], [7, 100], [250, 180], [1, 5]]) {
    const index = search(count, count);
    const lines = all(index);
    const { counts } = stripesOf(index, lines, height);
    for (let stripe = 0; stripe < height; stripe++) {
      const own = counts.subarray(stripe * FATES.length, (stripe + 1) * FATES.length);
      assert.ok(own.some((each) => each > 0), `stripe ${stripe} of ${height} is not empty`);
      const fates = Array.from(lines.codes.slice(Math.floor((stripe * count) / height), Math.ceil(((stripe + 1) * count) / height)), (row) => index.bones.names.fate[index.bones.columns.fate[row]]);
      FATES.forEach((fate, at) => assert.ok(own[at] === 0 || fates.includes(fate), `${fate} at stripe ${stripe}`));
    }
  }
});

test("the answer is marked where its line is, and nowhere when it is folded away or not known", () => {
  const index = search(400);
  const lines = all(index);
  index.answer = lines.codes[300];
  assert.equal(stripesOf(index, lines, 100).answer, 75);
  index.answer = -1;
  assert.equal(stripesOf(index, lines, 100).answer, -1);
});

test("the window stands at the ends when the tree does, and dragging to where it stands moves nothing far", () => {
  const at = { view: 500, whole: 28_000, height: 400 };
  assert.equal(windowOn({ ...at, top: 0 }).from, 0);
  const end = windowOn({ ...at, top: 27_500 });
  assert.equal(end.from + end.size, 400);
  assert.deepEqual([topAt({ ...at, y: -10 }), topAt({ ...at, y: 200 }), topAt({ ...at, y: 900 })], [0, 13_750, 27_500]);
  assert.deepEqual(windowOn({ view: 500, whole: 100, height: 400, top: 0 }), { from: 0, size: 400 });
});

test("a path is one line a node, from the root, in words", () => {
  const index = search(300);
  const row = index.depth.indexOf(3);
  const lines = describePath(index, row, (ordinal) => (ordinal === index.ordinal[row] ? "4 + 8\n= 12" : "")).split("\n");
  assert.equal(lines.length, 4);
  assert.match(lines[3], /^[a-z ]+ 4 \+ 8 = 12 \(#\d+, [a-z, ]+\)$/);
});
