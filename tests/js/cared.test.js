import assert from "node:assert/strict";
import { test } from "node:test";

import { Cared } from "../../static/js/cared.js";

test("what was asked for is presumed to be brought", () => {
  const cared = new Cared();
  assert.ok(!cared.has("header"));
  cared.presume(["header", "verdicts"]);
  assert.ok(cared.has("header") && cared.has("verdicts"));
});

test("what was presumed and is not brought is left to the page, once", () => {
  const cared = new Cared();
  cared.presume(["header", "verdicts"]);
  assert.deepEqual(cared.settle(["header"]), ["verdicts"]);
  assert.ok(!cared.has("verdicts"));
  cared.presume(["header", "verdicts"]);
  assert.ok(!cared.has("verdicts"), "the socket has said what it brings");
  assert.deepEqual(cared.settle(["header"]), []);
});

test("nothing that was brought before is counted on when it is brought no more", () => {
  const cared = new Cared();
  cared.settle(["header"]);
  assert.deepEqual(cared.settle([]), ["header"]);
  assert.ok(!cared.has("header"));
});

test("a socket that is gone takes care of nothing, and the next one is presumed to", () => {
  const cared = new Cared();
  cared.settle(["header"]);
  cared.forget();
  assert.ok(!cared.has("header"));
  cared.presume(["header"]);
  assert.ok(cared.has("header"));
});
