import assert from "node:assert/strict";
import { test } from "node:test";

import { wrapText } from "../src/download/wrap_text.js";

const widthOf = (/** @type {string} */ text) => Array.from(text).length;

test("text that fits is one line", () => {
  assert.deepEqual(wrapText("it fits", 7, widthOf), ["it fits"]);
  assert.deepEqual(wrapText("", 7, widthOf), [""]);
});

test("lines break between words", () => {
  assert.deepEqual(wrapText("validation rose since step 240", 12, widthOf), ["validation", "rose since", "step 240"]);
});

test("a word longer than a line is broken, between letters alone", () => {
  assert.deepEqual(wrapText("a \u{1F600}\u{1F600}\u{1F600}\u{1F600} b", 3, widthOf), ["a", "\u{1F600}\u{1F600}\u{1F600}", "\u{1F600} b"]);
});
