// Where rows of two aligned trees stand to each other, from their levels alone.

import assert from "node:assert/strict";
import test from "node:test";

import { endOf, parentOf, siblingOf } from "../../static/js/aligned/places.js";

const LEVELS = [1, 2, 3, 3, 2, 1];

test("it works", () => {
  assert.equal(endOf(LEVELS, 0), 5);
  assert.equal(parentOf(LEVELS, 3), 1);
  assert.equal(siblingOf(LEVELS, 1, 1), 4);
  assert.equal(siblingOf(LEVELS, 4, -1), 1);
});

test("a row without rows below ends at once, the first has no parent", () => {
  assert.equal(endOf(LEVELS, 5), 6);
  assert.equal(endOf(LEVELS, 2), 3);
  assert.equal(parentOf(LEVELS, 0), -1);
});

test("a sibling is never looked for under another parent", () => {
  assert.equal(siblingOf(LEVELS, 3, 1), -1);
  assert.equal(siblingOf([1, 2, 1, 2], 1, 1), -1);
  assert.equal(siblingOf(LEVELS, 0, 1), 5);
});
