import assert from "node:assert/strict";
import { test } from "node:test";

import { anchorOf, scrollTo, topForAnchor, wanted, windowOf } from "../../static/js/tree/window.js";

const at = (top, count = 1000) => windowOf({ top, height: 280, rowHeight: 28, count, overdraw: 5 });

test("it works", () => assert.deepEqual(at(0), { from: 0, to: 15 }));

test("the window covers what is in view and never leaves the list", () => {
  for (let top = 0; top < 28_000; top += 113) {
    const { from, to } = at(top);
    assert.ok(from >= 0 && to <= 1000 && from * 28 <= top);
    assert.ok(to * 28 >= Math.min(top + 280, 28_000));
  }
  assert.deepEqual(at(5000, 3), { from: 3, to: 3 });
});

test("a line in view is not scrolled; one outside comes in by the nearest edge", () => {
  const to = (line) => scrollTo({ line, top: 280, height: 280, rowHeight: 28 });
  assert.equal(to(12), 280);
  assert.equal(to(3), 84);
  assert.equal(to(30), 588);
});

test("growth above the anchor moves nothing in view", () => {
  const anchor = anchorOf({ top: 300, rowHeight: 28, count: 100 });
  const top = topForAnchor({ line: anchor.line + 40, offset: anchor.offset, rowHeight: 28 });
  assert.equal(top, 300 + 40 * 28);
});

test("rows that are already here are not asked for again", () => {
  assert.deepEqual(wanted({ ordinals: [1, 2, 3, 4], has: (one) => one % 2 === 0, limit: 1 }), [1]);
});
