import assert from "node:assert/strict";
import { test } from "node:test";
import { limitZoom, linearRange, logRange, scaleAbout } from "../src/chart/ranges.js";

test("a loss near zero is shown from zero, others with air around", () => {
  assert.equal(linearRange(0.1, 2)[0], 0);
  const [low, high] = linearRange(10, 11);
  assert.ok(low < 10 && low > 9.5 && high > 11);
  assert.ok(linearRange(-1, 1)[0] < -1);
});

test("every range is a range", () => {
  for (const range of [linearRange(null, null), linearRange(5, 5), linearRange(0, 0), logRange(null, null), logRange(-1, 0), logRange(3, 3)]) {
    assert.ok(range[1] > range[0]);
  }
});

test("a logarithmic range stays positive", () => {
  const [low, high] = logRange(1e-6, 10);
  assert.ok(low > 0 && low < 1e-6 && high > 10);
});

test("zoom stays within what there is, and everything is no zoom", () => {
  assert.deepEqual(limitZoom([-50, 50], [0, 1000], 1), [0, 100]);
  assert.deepEqual(limitZoom([950, 1050], [0, 1000], 1), [900, 1000]);
  assert.equal(limitZoom([-5, 2000], [0, 1000], 1), null);
  assert.deepEqual(limitZoom([10, 10], [0, 1000], 2), [10, 12]);
});

test("zooming about a point keeps it in its place", () => {
  assert.deepEqual(scaleAbout([0, 100], 25, 0.5), [12.5, 62.5]);
});
