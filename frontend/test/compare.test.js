import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf, configurations, meanAndSpread, numbersLabel } from "../src/compare/model.js";

test("runs of one configuration share its name", () => {
  assert.equal(configurationOf("resnet/lr0.1_seed0"), configurationOf("resnet/lr0.1_seed17"));
  assert.equal(configurationOf("exp/version_3"), configurationOf("exp/version_12"));
  assert.equal(configurationOf("a/seed=1/b"), configurationOf("a/seed=2/b"));
  assert.notEqual(configurationOf("lr0.1_seed0"), configurationOf("lr0.2_seed0"));
  assert.notEqual(configurationOf("layer3"), configurationOf("layer4"));
});

test("different losses are different configurations", () => {
  const member = (/** @type {number} */ number, /** @type {string} */ run, /** @type {string} */ name) =>
    /** @type {import("../src/compare/model.js").Member} */ (/** @type {unknown} */ ({ number, detail: { row: { run, name } } }));
  const groups = configurations([member(1, "a_seed0", "loss"), member(2, "a_seed1", "loss"), member(3, "a_seed1", "acc")]);
  assert.deepEqual([...groups.values()].map((group) => group.map(({ number }) => number)), [[1, 2], [3]]);
});

test("mean and spread at every x, each curve within its own ends", () => {
  const { xs, mean, low, high } = meanAndSpread([
    { xs: [0, 2, 4], ys: [0, 2, 4] },
    { xs: [1, 2], ys: [3, null] },
    { xs: [2, 4], ys: [4, 4] },
  ]);
  assert.deepEqual(xs, [0, 1, 2, 4]);
  assert.deepEqual(mean, [0, 2, 3, 4]);
  assert.equal(low[0], high[0]);
  assert.ok(Math.abs(/** @type {number} */ (high[2]) - (3 + Math.SQRT2)) < 1e-12);
});

test("the numbers of a group of pairs fit beside the end of its line", () => {
  assert.equal(numbersLabel([3]), "3");
  assert.equal(numbersLabel([1, 2]), "1 2");
  assert.equal(numbersLabel([1, 2, 3, 4, 5]), "1\u20135");
  assert.equal(numbersLabel([1, 3, 4]), "1 3 4");
  assert.equal(numbersLabel([1, 3, 5, 7, 9]), "1 3 \u2026");
  assert.equal(numbersLabel([1, 2, 3, 10, 11, 12]), "1\u20133 \u2026");
  assert.equal(numbersLabel([16, 17, 18, 20]), "16 \u2026");
});
