import assert from "node:assert/strict";
import { test } from "node:test";
import { bySeverity, mergeRows } from "../src/store.js";

/** @typedef {import("../src/types.js").PairRow} PairRow */

const row = (/** @type {string} */ id, severity = 0) => /** @type {PairRow} */ ({ id, run: id, name: "loss", severity });

test("changes replace, add and remove rows; the rest stays the very same", () => {
  const [a, b, c] = [row("a"), row("b"), row("c")];
  const known = new Map([["a", a], ["b", b], ["c", c]]);
  const news = row("b", 5);
  const merged = mergeRows(known, [news, row("d")], ["c"], false);
  assert.deepEqual([...merged.keys()].sort(), ["a", "b", "d"]);
  assert.equal(merged.get("a"), a);
  assert.equal(merged.get("b"), news);
  assert.equal(known.size, 3);
});

test("a whole answer forgets what it does not hold", () => {
  assert.deepEqual([...mergeRows(new Map([["a", row("a")]]), [row("b")], [], true).keys()], ["b"]);
});

test("worst first, then by run and loss", () => {
  const rows = [row("b", 1), row("a", 1), row("z", 9)];
  assert.deepEqual(rows.sort(bySeverity).map(({ id }) => id), ["z", "a", "b"]);
});
