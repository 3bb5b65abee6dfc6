import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkPath, sparkScales } from "../src/overview/sparkline.js";

/** @type {[number, number][]} */
const fall = [[0, 4], [1, 3], [2, 2], [3, 1]];

test("a sparkline runs from left to right and downward for a falling loss", () => {
  const scales = sparkScales(fall);
  assert.ok(scales.x(0) < scales.x(3));
  assert.ok(scales.y(1) > scales.y(4));
});

test("a first value far above the rest does not flatten the rest", () => {
  const scales = sparkScales([[0, 1000], [1, 3], [2, 2], [3, 1]]);
  assert.ok(scales.y(1) - scales.y(3) > 5);
  assert.equal(scales.y(1000), scales.y(1000000));
});

test("equal values and a single point are drawn, not divided by zero", () => {
  for (const points of /** @type {[number, number][][]} */ ([[[5, 2]], [[0, 1], [9, 1]]])) {
    assert.doesNotMatch(sparkPath(points, sparkScales(points)), /NaN|Infinity/);
  }
});
