import assert from "node:assert/strict";
import { test } from "node:test";

import { nodeIn, partIn, readView, writeView } from "../../static/js/tree/address.js";
import { choices, countAsked, matchRows, noFilters, readDollars } from "../../static/js/tree/filters.js";
import { buildIndex } from "../../static/js/tree/index.js";
import { focusPath, newState, reveal, visibleLines } from "../../static/js/tree/visible.js";
import { bones, events } from "./grow.js";

const asked = (filters) => ({ ...newState(), filters: { ...noFilters(), ...filters } });
const search = (count, seed = 5) => {
  const log = events(count, seed);
  return buildIndex(bones(log, log.length - 1));
};
const matching = (index, filters) => [...matchRows(index, { ...noFilters(), ...filters })].flatMap((hit, row) => (hit ? [row] : []));
const word = (index, name, row) => index.bones.names[name][index.bones.columns[name][row]];

test("it works", () => {
  const index = search(400);
  const found = matching(index, { fate: "discarded", reason: "outvoted" });
  assert.ok(found.length > 5);
  for (const row of found) assert.deepEqual([word(index, "fate", row), word(index, "reason", row)], ["discarded", "outvoted"]);
  assert.equal(matchRows(index, noFilters()), null);
});

test("each filter lets through what a plain look at the nodes lets through, and all together what each does", () => {
  const index = search(600, 3);
  const filters = { fate: "failed,discarded", kind: "sample,thought", cost: 0.0005 };
  const rows = [...Array(index.count).keys()];
  assert.deepEqual(matching(index, filters), rows.filter((row) => (
    ["failed", "discarded"].includes(word(index, "fate", row)) && ["sample", "thought"].includes(word(index, "kind", row))
      && index.sums.priced[row] && index.sums.cost[row] >= 500)));
  assert.equal(countAsked({ ...noFilters(), ...filters }), 3);
});

test("nodes without a word are asked for as none, and unknown words match nothing", () => {
  const index = search(300);
  assert.equal(matching(index, { verdict: "none" }).length, 300);
  assert.deepEqual(matching(index, { verdict: "accept" }), []);
  assert.deepEqual(matching(index, { fate: "__proto__" }), []);
  assert.deepEqual(choices(index, "verdict"), [["none", 300]]);
  assert.equal(choices(index, "fate").reduce((sum, [, count]) => sum + count, 0), 300);
});

test("a verifier is found among several of a node, also by a name with a comma", () => {
  const index = search(300);
  const judged = (test) => [...Array(300).keys()].filter((row) => test(index.ordinal[row]));
  assert.deepEqual(matching(index, { verifier: "judge" }), judged((ordinal) => ordinal % 3 && ordinal % 2 === 0));
  assert.deepEqual(matching(index, { verifier: "calc, exact" }), judged((ordinal) => ordinal % 3));
  assert.deepEqual(matching(index, { verifier: "none" }), judged((ordinal) => ordinal % 3 === 0));
  assert.deepEqual(new Set(choices(index, "verifier").map(([word]) => word)), new Set(["calc, exact", "judge", "none"]));
});

test("a cost that is not known is no cost of zero", () => {
  const index = search(300);
  assert.ok(matching(index, { cost: 0 }).every((row) => index.sums.priced[row]));
});

test("what is shown and what each line says is left out come to all nodes", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const index = search(150, seed);
    const { kept, codes } = visibleLines(index, asked({ fate: ["failed", "selected", "kept"][seed % 3], kind: seed % 2 ? "sample" : "" }));
    let counted = kept.outside;
    for (const row of codes) counted += 1 + kept.leftOut[row];
    assert.equal(counted, index.nodes, `seed ${seed}`);
    assert.equal(new Set(codes).size, codes.length);
  }
});

test("a node that one was sent to is shown beside what is asked for, and is no hit", () => {
  const index = search(200);
  const state = asked({ fate: "selected" });
  const before = visibleLines(index, state);
  const other = [...Array(index.count).keys()].find((row) => !before.codes.includes(row));
  const after = visibleLines(index, { ...state, pinned: index.ordinal[other] });
  assert.ok(after.codes.includes(other));
  assert.equal(after.kept.hits, before.kept.hits);
});

test("the path to a node stands open, and nothing else does", () => {
  const index = search(500, 9);
  const deepest = index.depth.indexOf(Math.max(...index.depth));
  const state = newState();
  focusPath(index, state, deepest);
  const { codes, level } = visibleLines(index, state);
  const path = [];
  for (let at = deepest; at !== -1; at = index.parent[at]) path.push(at);
  assert.ok(path.every((row) => codes.includes(row)));
  codes.forEach((row, line) => {
    if (row >= 0 && level[line] > 0) assert.ok(path.includes(index.parent[row]), "only siblings of the path");
  });
  reveal(index, state, 0);
});

test("an address says a view and is read as the same", () => {
  const view = { filters: { ...noFilters(), fate: "discarded,failed", reason: "outvoted", cost: 0.05 }, mode: "all", query: "paris & more" };
  const written = writeView("?cursor=9&fate=kept", view);
  assert.equal(written, "?cursor=9&fate=discarded,failed&reason=outvoted&cost_from=0.05&show=all&q=paris+%26+more");
  assert.deepEqual(readView(written), view);
  assert.equal(writeView("?fate=kept", { filters: noFilters(), mode: "folded", query: " " }), "");
});

test("amounts are read as people write them, and what is none asks for nothing", () => {
  assert.deepEqual(["0.05", "$1,200", ".5", "", "-1", "1e9", "many", null].map(readDollars), [0.05, 1200, 0.5, null, null, null, null, null]);
});

test("a node is named by number or by id, also by a broken escape", () => {
  assert.deepEqual(["#node=12", "#node=a%2Fb", "#node=%E0%A4%A", "#tree", ""].map(nodeIn), ["12", "a/b", "%E0%A4%A", null, null]);
});

test("a hundred thousand nodes are filtered and laid out within 100 ms", (t) => {
  const index = search(100_000);
  const took = [{ fate: "discarded", reason: "outvoted" }, { fate: "discarded,failed,kept,open,selected", cost: 0 }, { kind: "sample" }].map((filters) => {
    // The time of this process alone: others may be at work on the machine.
    const began = process.cpuUsage();
    visibleLines(index, asked(filters));
    return process.cpuUsage(began).user / 1000;
  });
  t.diagnostic(`ms: ${took.map((ms) => ms.toFixed(1)).join(", ")}`);
  assert.ok(Math.max(...took) < 100, `${took}`);
});

test("an address may name a part of the node besides", () => {
  assert.deepEqual(["#node=12&part=output", "#node=a%26b", "#part-output"].map(nodeIn), ["12", "a&b", null]);
  assert.deepEqual(["#node=12&part=rationale5", "#node=12", "#tree"].map(partIn), ["rationale5", null, null]);
});
