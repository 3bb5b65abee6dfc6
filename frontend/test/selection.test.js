import assert from "node:assert/strict";
import { test } from "node:test";
import { Selection } from "../src/selection.js";

const rows = ["a", "b", "c", "d"].map((id) => ({ id }));
const items = /** @type {import("../src/overview/rows.js").Item[]} */ (rows.map(({ id }) => ({ kind: "pair", id })));

/** @param {Selection} selection */
const ids = (selection) => [...selection.ids];

test("a range goes from the row chosen last by itself, however often it is changed", () => {
  const selection = new Selection(["b"]);
  selection.choose("b", "only", items);
  selection.choose("d", "range", items);
  assert.deepEqual(ids(selection), ["b", "c", "d"]);
  selection.choose("a", "range", items);
  assert.deepEqual(ids(selection), ["a", "b"]);
});

test("a range may begin at the row that was shown first", () => {
  const selection = new Selection(["a"]);
  selection.choose("b", "range", items);
  selection.choose("c", "range", items);
  assert.deepEqual(ids(selection), ["a", "b", "c"]);
});

test("the last row chosen cannot be taken away", () => {
  const selection = new Selection(["a"]);
  selection.choose("c", "toggle", items);
  selection.choose("a", "toggle", items);
  assert.deepEqual(ids(selection), ["c"]);
  selection.choose("c", "toggle", items);
  assert.deepEqual(ids(selection), ["c"]);
});

test("moving alone chooses nothing", () => {
  const selection = new Selection(["a"]);
  selection.choose("b", "move", items);
  assert.deepEqual(ids(selection), ["a"]);
  assert.equal(selection.active, "b");
});

test("rows that vanish are chosen no more, unless they may still come", () => {
  const selection = new Selection(["gone"]);
  selection.keepListed(rows, true);
  assert.deepEqual(ids(selection), ["gone"]);
  selection.keepListed(rows, false);
  assert.deepEqual(ids(selection), ["a"]);
  assert.equal(selection.active, "a");
});
