import assert from "node:assert/strict";
import { test } from "node:test";
import { movingAverage, rangeWithoutOutliers } from "../src/chart/smoothing.js";

/**
 * TensorBoard's own formula: https://github.com/tensorflow/tensorboard, line chart's "classic smoothing".
 * @param {number[]} values
 * @param {number} weight
 */
function classic(values, weight) {
  let last = 0;
  return values.map((value, i) => {
    last = last * weight + (1 - weight) * value;
    return last / (1 - weight ** (i + 1));
  });
}

test("evenly logged points are smoothed as TensorBoard smooths them", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const steps = values.map((_, i) => 10 * i);
  const ours = /** @type {number[]} */ (movingAverage(steps, values, 0.6, 10));
  classic(values, 0.6).forEach((expected, i) => assert.ok(Math.abs(/** @type {number} */ (ours[i]) - expected) < 1e-12));
});

test("the first value is itself, not half-way to zero", () => {
  assert.equal(movingAverage([0, 1], [7, 7], 0.99, 1)[0], 7);
});

test("unknown values stay unknown and leave the average alone", () => {
  assert.deepEqual(movingAverage([0, 1, 2], [2, null, 2], 0.9, 1).map((y) => y && Math.round(y * 1e9) / 1e9), [2, null, 2]);
});

test("no weight changes nothing", () => {
  assert.deepEqual(movingAverage([0, 1], [1, 5], 0, 1), [1, 5]);
});

test("thinning points out hardly moves the smoothed curve", () => {
  const steps = Array.from({ length: 1000 }, (_, i) => i);
  const values = steps.map((step) => Math.exp(-step / 300) + 0.01 * Math.sin(step));
  const every5 = steps.filter((step) => step % 5 === 0);
  const full = movingAverage(steps, values, 0.95, 1);
  const thin = movingAverage(every5, every5.map((step) => /** @type {number} */ (values[step])), 0.95, 1);
  for (const [i, step] of every5.entries()) {
    if (step > 100) assert.ok(Math.abs(/** @type {number} */ (thin[i]) - /** @type {number} */ (full[step])) < 0.02);
  }
});

test("outliers of any line are left out, a short line counts in full", () => {
  const noisy = [...Array(98).fill(1), 1000, -1000];
  assert.deepEqual(rangeWithoutOutliers([noisy]), [1, 1]);
  assert.deepEqual(rangeWithoutOutliers([noisy, [0.5, 2]]), [0.5, 2]);
  assert.equal(rangeWithoutOutliers([[], []]), null);
});
