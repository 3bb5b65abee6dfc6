import assert from "node:assert/strict";
import { test } from "node:test";
import { areasBetween, nearestIndex, packLanes, placeNear, segmentHits, spanAround, spreadLabels } from "../src/chart/geometry.js";

test("the nearest of a sorted list", () => {
  assert.equal(nearestIndex([], 3), -1);
  assert.equal(nearestIndex([5], 3), 0);
  assert.equal(nearestIndex([0, 10, 20], 14), 1);
  assert.equal(nearestIndex([0, 10, 20], 16), 2);
  assert.equal(nearestIndex([0, 10, 20], -99), 0);
  assert.equal(nearestIndex([0, 10, 20], 99), 2);
});

test("a span holds what is visible and a neighbour on either side", () => {
  const xs = [0, 10, 20, 30, 40, 50];
  for (const [from, to] of /** @type {[number, number][]} */ ([[20, 30], [21, 29], [24, 26], [-5, 5], [45, 99], [-99, 99]])) {
    const [start, end] = spanAround(xs, from, to);
    const first = xs.findIndex((x) => x >= from);
    const last = xs.findLastIndex((x) => x <= to);
    assert.ok(start <= Math.max(0, first - 1) && end >= Math.min(xs.length, last + 2), `${from} to ${to}`);
  }
  assert.deepEqual(spanAround([], 0, 1), [0, 0]);
});

test("the area between curves splits where they cross", () => {
  const areas = areasBetween([0, 1, 2], [1, 1, 1], [0, 2, 3]);
  assert.deepEqual(
    areas.map(({ positive }) => positive),
    [false, true],
  );
  assert.deepEqual(areas[0]?.outline, [[0, 0], [0.5, 1], [0.5, 1], [0, 1]]);
});

test("the area is open where a value is unknown", () => {
  const areas = areasBetween([0, 1, 2, 3, 4], [0, 0, 0, 0, 0], [1, 1, null, 1, 1]);
  assert.deepEqual(
    areas.map(({ outline }) => outline.map(([x]) => x)),
    [[0, 1, 1, 0], [3, 4, 4, 3]],
  );
});

test("equal curves enclose no area of the wrong sign", () => {
  const areas = areasBetween([0, 1, 2], [1, 1, 1], [1, 1, 2]);
  assert.ok(areas.every(({ positive }) => positive));
});

test("labels move apart, stay in order and inside", () => {
  const [a, b, c] = /** @type {[number, number, number]} */ (spreadLabels([50, 52, 51], 15, 0, 100));
  assert.ok(a <= c - 15 + 1e-6 && c <= b - 15 + 1e-6);
  const low = /** @type {[number, number]} */ (spreadLabels([99, 100], 15, 0, 100));
  assert.ok(low[1] <= 100 && low[0] <= low[1] - 15 + 1e-6);
  assert.deepEqual(spreadLabels([10, 60], 15, 0, 100), [10, 60]);
});

test("lane labels neither overlap nor are crossed by a leader", () => {
  assert.deepEqual(packLanes([{ x: 0, start: 0, end: 10 }, { x: 20, start: 20, end: 30 }]), [0, 0]);
  const [left, right] = /** @type {[number, number]} */ (packLanes([{ x: 0, start: 0, end: 50 }, { x: 20, start: 20, end: 70 }]));
  assert.ok(left > right, "the right mark's leader would cut the left label if that were the lower one");
  assert.deepEqual(packLanes([]), []);
});

test("a segment hits a rectangle even with both ends outside", () => {
  const rect = { left: 10, top: 10, width: 10, height: 10 };
  assert.ok(segmentHits(rect, [0, 15], [30, 15]));
  assert.ok(segmentHits(rect, [0, 0], [30, 30]));
  assert.ok(!segmentHits(rect, [0, 0], [30, 5]));
  assert.ok(!segmentHits(rect, [0, 21], [30, 21]));
});

test("a label takes the first place that no line touches, or none", () => {
  const bounds = { left: 0, top: 0, width: 200, height: 100 };
  const size = { width: 40, height: 10 };
  const below = placeNear([100, 50], size, bounds, [], [10]);
  assert.deepEqual(below, { left: 80, top: 60, width: 40, height: 10, distance: 10 });
  const floor = /** @type {[number, number][]} */ ([[0, 65], [200, 65]]);
  const above = placeNear([100, 50], size, bounds, [floor], [10]);
  assert.ok(above && above.top + above.height < 65);
  const hatch = Array.from({ length: 21 }, (_, i) => /** @type {[number, number][]} */ ([[0, i * 5], [200, i * 5]]));
  assert.equal(placeNear([100, 50], size, bounds, hatch, [10, 30]), null);
});
