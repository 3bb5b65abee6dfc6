import assert from "node:assert/strict";
import { test } from "node:test";
import { coloursOf } from "../src/compare/colours.js";

test("each run has one colour, its own one where somebody chose it", () => {
  const [first, again, other] = coloursOf(["a", "a", "b"], false, new Map([["b", "#123456"]]));
  assert.equal(first, again);
  assert.equal(other, "#123456");
  assert.notEqual(first, other);
});

test("losses of one run are told apart", () => {
  assert.equal(new Set(coloursOf(["a", "a", "a"], true, new Map([["a", "#123456"]]))).size, 3);
});
