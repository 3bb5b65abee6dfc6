import assert from "node:assert/strict";
import { test } from "node:test";
import { labelled, logSplits, logTicks } from "../src/chart/log_axis.js";

test("ticks are whole multiples of powers of ten, wherever the range begins", () => {
  assert.deepEqual(logSplits(0.096, 0.4), [0.1, 0.2, 0.3, 0.4]);
  for (let low = 1e-9; low < 1e9; low *= 1.37) {
    const splits = logSplits(low, low * 200);
    assert.ok(splits.length >= 18 && splits.length <= 30, `${low}: ${splits.length}`);
    assert.ok(splits.every((split, i) => i === 0 || split > /** @type {number} */ (splits[i - 1])));
  }
});

test("a narrow range is divided evenly and each label differs", () => {
  const splits = logSplits(0.2512, 0.2549);
  assert.ok(splits.length >= 3 && splits.length <= 7, String(splits));
  const labels = logTicks(splits);
  assert.equal(new Set(labels).size, labels.length);
});

test("a range over all that numbers can hold has few ticks", () => {
  assert.ok(logSplits(1e-300, 1e300).length < 700);
  assert.ok(logSplits(1, 1 + 1e-15).length <= 10);
});

test("powers of ten are labelled first, and labels keep their distance", () => {
  const splits = logSplits(0.1, 100);
  const positionOf = (/** @type {number} */ value) => 60 * Math.log10(value);
  const kept = labelled(splits, positionOf, 25).filter((split) => split !== null);
  for (const power of [0.1, 1, 10, 100]) assert.ok(kept.includes(power));
  const positions = kept.map(positionOf);
  assert.ok(positions.every((position, i) => i === 0 || position - /** @type {number} */ (positions[i - 1]) >= 25));
});

test("labels have the digits they need", () => {
  assert.deepEqual(logTicks([0.01, null, 0.05, 0.1, 1, 20, 1e7]), ["0.01", "", "0.05", "0.1", "1", "20", "1.0e7"]);
});
