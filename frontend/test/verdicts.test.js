import assert from "node:assert/strict";
import { test } from "node:test";
import { VERDICT_NAMES, aloneVerdict, trainAloneWords } from "../src/verdicts.js";

test("verdicts come in the order of the table, what cannot be judged last", () => {
  assert.deepEqual(VERDICT_NAMES, [
    "overfitting",
    "diverging",
    "widening_gap",
    "underfitting",
    "unstable",
    "improving",
    "converged",
    "inconclusive",
  ]);
});

test("train alone is never said to be healthy, nor spoken of as two curves", () => {
  for (const verdict of ["converged", "improving"]) assert.equal(aloneVerdict(verdict), "alone");
  assert.equal(aloneVerdict("diverging"), "diverging");
  for (const verdict of ["converged", "improving", "diverging", "underfitting", "unstable", "inconclusive"]) {
    assert.doesNotMatch(trainAloneWords(verdict).meaning, /both|gap|evaluation/i);
  }
});
