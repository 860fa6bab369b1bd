import assert from "node:assert/strict";
import { test } from "node:test";

import { describe, emptyBones, mergeBones } from "../../static/js/tree/bones.js";
import { bones, events, random } from "./grow.js";

test("it works", () => {
  const merged = mergeBones(emptyBones("r"), bones(events(3), 2));
  assert.equal(merged.columns.ordinal.length, describe(merged).length);
});

test("bones up to n are the bones up to k merged with what came after k", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const log = events(120, seed);
    const last = log.length - 1;
    const cut = Math.floor(random(seed)() * log.length) - 1;
    const merged = mergeBones(bones(log, cut), bones(log, last, cut));
    assert.deepEqual(describe(merged), describe(bones(log, last)), `seed ${seed}, cut ${cut}`);
    assert.equal(merged.seq, last);
  }
});

test("pieces that overlap, or come twice, change nothing", () => {
  const log = events(200, 7);
  const last = log.length - 1;
  const once = mergeBones(bones(log, 90), bones(log, last, 40));
  const twice = mergeBones(once, bones(log, last, 40));
  assert.deepEqual(describe(once), describe(bones(log, last)));
  assert.deepEqual(describe(twice), describe(once));
});

test("names numbered differently in the two pieces mean the same", () => {
  const base = bones(events(40, 3), 30);
  const piece = structuredClone(base);
  piece.names.kind.reverse();
  piece.columns.kind = piece.columns.kind.map((at) => piece.names.kind.length - 1 - at);
  assert.deepEqual(describe(mergeBones(base, piece)), describe(base));
});
