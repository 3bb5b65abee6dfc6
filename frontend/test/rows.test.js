import assert from "node:assert/strict";
import { test } from "node:test";
import { folderOf, idsBetween, listRows, neighbour, sortPairs, WORST_FIRST } from "../src/overview/rows.js";
import { matcher } from "../src/overview/pattern.js";

/**
 * @param {string} run
 * @param {Partial<import("../src/types.js").PairRow>} [facts]
 * @returns {import("../src/types.js").PairRow}
 */
function pair(run, facts = {}) {
  return {
    id: run,
    run,
    name: "loss",
    mode: "min",
    is_loss: true,
    verdict: "converged",
    onset: null,
    recovered: false,
    best_step: null,
    best_value: null,
    gap: { final: null, maximum: null, maximum_step: null, at_onset: null },
    evaluations: 10,
    train_points: 10,
    flags: [],
    last_wall_time: null,
    trainings: 1,
    last_step: null,
    severity: 0,
    ...facts,
  };
}

/** @param {number} step */
const onset = (step) => ({ step, low: step, high: step, confirmed_step: null, confidence: 0.9 });

/** @param {import("../src/types.js").PairRow[]} pairs */
const runs = (pairs) => pairs.map(({ run }) => run);

/** @type {import("../src/overview/rows.js").Query} */
const everything = { pattern: "", runFilter: "", verdicts: new Set(), sort: WORST_FIRST, group: "" };

test("worst first is the server's order, and turns round", () => {
  const pairs = [pair("b"), pair("a"), pair("c")];
  assert.deepEqual(runs(sortPairs(pairs, WORST_FIRST)), ["b", "a", "c"]);
  assert.deepEqual(runs(sortPairs(pairs, { key: "severity", descending: false })), ["c", "a", "b"]);
});

test("runs sort as a person counts", () => {
  const pairs = [pair("run10"), pair("run9"), pair("run1")];
  assert.deepEqual(runs(sortPairs(pairs, { key: "run", descending: false })), ["run1", "run9", "run10"]);
});

test("pairs without a number come last in both directions", () => {
  const pairs = [pair("none"), pair("late", { onset: onset(90) }), pair("early", { onset: onset(10) })];
  assert.deepEqual(runs(sortPairs(pairs, { key: "onset", descending: false })), ["early", "late", "none"]);
  assert.deepEqual(runs(sortPairs(pairs, { key: "onset", descending: true })), ["late", "early", "none"]);
});

test("the pattern is a regular expression over run and loss name", () => {
  const { test: matches, error } = matcher("^resnet|acc", []);
  assert.equal(error, null);
  assert.ok(matches({ run: "ResNet/1", name: "loss" }));
  assert.ok(matches({ run: "vit", name: "accuracy" }));
  assert.ok(!matches({ run: "vit", name: "loss" }));
});

test("half a pattern is searched as text and said to be one", () => {
  const { test: matches, error } = matcher("run(", []);
  assert.match(error ?? "", /^Not a regular expression/);
  assert.ok(matches({ run: "my run(1)", name: "" }));
  assert.ok(!matches({ run: "my run", name: "" }));
});

test("counts follow the pattern but not the chosen verdicts", () => {
  const pairs = [pair("a", { verdict: "overfitting" }), pair("b"), pair("bad", { verdict: "overfitting" })];
  const listing = listRows(pairs, [], { ...everything, pattern: "^b", verdicts: new Set(["overfitting"]) });
  assert.deepEqual(listing.counts, { converged: 1, overfitting: 1 });
  assert.deepEqual(listing.items.map(({ id }) => id), ["bad"]);
});

test("losses without validation stand below, under a heading of their own", () => {
  const alone = /** @type {import("../src/types.js").TrainOnlyRow} */ ({ id: "t", run: "t", name: "loss", verdict: "improving" });
  const kinds = listRows([pair("a")], [alone], everything).items.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["pair", "heading", "train_only"]);
  assert.deepEqual(listRows([pair("a")], [alone], { ...everything, pattern: "a" }).items.length, 1);
});

test("moving through the rows skips headings and stops at both ends", () => {
  const alone = /** @type {import("../src/types.js").TrainOnlyRow} */ ({ id: "t", run: "t", name: "loss", verdict: "improving" });
  const { items } = listRows([pair("a"), pair("b")], [alone], everything);
  assert.equal(neighbour(items, "b", 1), "t");
  assert.equal(neighbour(items, "t", 1), "t");
  assert.equal(neighbour(items, "t", -Infinity), "a");
  assert.equal(neighbour(items, "gone", 1), "a");
  assert.equal(neighbour([], null, 1), null);
});

test("TensorBoard's run filter holds for runs, not for loss names", () => {
  const pairs = [pair("vit"), pair("resnet", { name: "vit_loss" })];
  assert.deepEqual(listRows(pairs, [], { ...everything, runFilter: "vit" }).items.map(({ id }) => id), ["vit"]);
});

test("groups come in the order of their first row and say what is in them", () => {
  const pairs = [pair("b/1", { verdict: "overfitting" }), pair("a/1"), pair("b/2")];
  const { items } = listRows(pairs, [], { ...everything, group: "folder" });
  assert.deepEqual(items.map(({ id }) => id), ["group/folder/b", "b/1", "b/2", "group/folder/a", "a/1"]);
  assert.deepEqual(items[0]?.kind === "heading" && items[0].counts, { overfitting: 1, converged: 1 });
  assert.equal(listRows(pairs, [], { ...everything, group: "loss" }).items.length, 4);
});

test("runs that lie in no folder are at the top of the log", () => {
  const { items } = listRows([pair("alone")], [], { ...everything, group: "folder" });
  assert.equal(items[0]?.kind === "heading" && items[0].text, "top of the log");
});

test("a collapsed group shows its heading alone, but its rows still count", () => {
  const pairs = [pair("b/1"), pair("a/1"), pair("b/2")];
  const { items, rows } = listRows(pairs, [], { ...everything, group: "folder" }, new Set(["group/folder/b"]));
  assert.deepEqual(items.map(({ id }) => id), ["group/folder/b", "group/folder/a", "a/1"]);
  assert.deepEqual(rows.map(({ id }) => id), ["b/1", "a/1", "b/2"]);
});

test("a pattern may span run and loss name", () => {
  const pairs = [pair("resnet"), pair("resnet2", { name: "accuracy" }), pair("vit", { name: "accuracy" })];
  assert.deepEqual(listRows(pairs, [], { ...everything, pattern: "^resnet.*acc" }).items.map(({ id }) => id), ["resnet2"]);
});

test("the newest comes first by time, and what has no time last", () => {
  const pairs = [pair("old", { last_wall_time: 1 }), pair("never", { last_wall_time: null }), pair("new", { last_wall_time: 2 })];
  assert.deepEqual(sortPairs(pairs, { key: "updated", descending: true }).map(({ run }) => run), ["new", "old", "never"]);
});

test("a run's folder", () => {
  assert.equal(folderOf("a/b/c"), "a/b");
  assert.equal(folderOf("a"), ".");
});

test("a range of rows holds both ends in either direction, without headings", () => {
  const { items } = listRows([pair("b/1"), pair("a/1"), pair("b/2")], [], { ...everything, group: "folder" });
  assert.deepEqual(idsBetween(items, "b/1", "a/1"), ["b/1", "b/2", "a/1"]);
  assert.deepEqual(idsBetween(items, "a/1", "b/1"), ["b/1", "b/2", "a/1"]);
  assert.deepEqual(idsBetween(items, "gone", "b/2"), ["b/2"]);
});

test("ten thousand rows sort by every column in a moment", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => pair(`run${i % 2000}`, { name: `loss${i % 5}`, best_value: i % 77 }));
  for (const key of /** @type {const} */ (["run", "name", "best"])) {
    const sorted = sortPairs(many, { key, descending: true });
    assert.equal(sorted.length, many.length);
  }
});
