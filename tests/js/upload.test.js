// What the import page says before anything is sent.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complaint } from "../../static/js/upload.js";

const MOST = { bytes: 64 * 1024 * 1024, files: 1000 };
const files = (count, size) => Array.from({ length: count }, () => ({ size }));

test("it works", () => {
  assert.equal(complaint(files(3, 1000), MOST), "");
});

test("no file is a sentence", () => {
  assert.equal(complaint([], MOST), "No file was chosen.");
});

test("too many files are counted", () => {
  assert.match(complaint(files(1001, 1), MOST), /^These are 1,001 files, and 1,000 is the most\./);
});

test("what the form itself adds counts too, so that the door never has to refuse", () => {
  assert.equal(complaint(files(1, MOST.bytes - 100_000), MOST), "");
  assert.match(complaint(files(1, MOST.bytes - 10_000), MOST), /64\.1 MiB together, and 64 MiB is the most/);
});
