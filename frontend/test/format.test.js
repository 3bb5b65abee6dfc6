import assert from "node:assert/strict";
import { test } from "node:test";
import { compactRange, compactStep, count, formatRelativeTime, formatBytes, formatIn, formatLike, formatProbability, formatSigned, formatStep, formatStepTicks, formatTicks, formatValue, splitForMiddleTruncation, visibleName } from "../src/format.js";

test("steps carry thousands separators and a dash where there is none", () => {
  assert.equal(formatStep(1234567), "1,234,567");
  assert.equal(formatStep(0), "0");
  assert.equal(formatStep(-5), "\u22125");
  assert.equal(formatStep(null), "\u2013");
});

test("long steps become short ones", () => {
  assert.deepEqual([999_999, 5_083_211, -2e9, 1.76e18].map((step) => compactStep(step)), ["999,999", "5.08M", "\u22122B", "1.76e18"]);
  assert.equal(compactRange(186_000, 194_000), "186\u2009\u2013\u2009194k");
  assert.equal(compactRange(5_083_211, 5_083_311), "5.08M");
});

test("labels of steps never have an exponent", () => {
  assert.deepEqual(formatStepTicks([0, 200_000, 1_000_000]), ["0", "0.2M", "1.0M"]);
  assert.deepEqual(formatStepTicks([0, 500]), ["0", "500"]);
  assert.deepEqual(formatStepTicks([5_000_000, 5_000_010]), ["5,000,000", "5,000,010"]);
  assert.deepEqual(formatStepTicks([1e9, 2e9]), ["1B", "2B"]);
});

test("labels tell apart close values that are large", () => {
  assert.deepEqual(formatTicks([1e6, 1e6 + 0.5, 1e6 + 1]), ["1,000,000.0", "1,000,000.5", "1,000,001.0"]);
});

test("values keep their significant digits at any size", () => {
  assert.equal(formatValue(0.41234), "0.4123");
  assert.equal(formatValue(12.3456), "12.35");
  assert.equal(formatValue(12345.6), "12,346");
  assert.equal(formatValue(0), "0");
  assert.equal(formatValue(0.000012345), "1.23e\u22125");
  assert.equal(formatValue(1.5e30), "1.50e30");
  assert.equal(formatValue(NaN), "\u2013");
});

test("differences always show their sign", () => {
  assert.equal(formatSigned(0.834), "+0.834");
  assert.equal(formatSigned(-0.02), "\u22120.0200");
  assert.equal(formatSigned(0), "0");
  assert.equal(formatSigned(null), "\u2013");
});

test("a probability never claims certainty", () => {
  assert.deepEqual([0.9999999, 0.97, 0.001].map(formatProbability), ["> 0.99", "0.97", "< 0.01"]);
});

test("axis labels have as many decimals as tell the ticks apart", () => {
  assert.deepEqual(formatTicks([0, 500, 1000]), ["0", "500", "1,000"]);
  assert.deepEqual(formatTicks([0, 0.25, 0.5]), ["0.00", "0.25", "0.50"]);
  assert.deepEqual(formatTicks([-0.5, -1e-17, 0.5]), ["\u22120.5", "0.0", "0.5"]);
  assert.deepEqual(formatTicks([1e6, 1.5e6, 2e6]), ["1.0e6", "1.5e6", "2.0e6"]);
  assert.deepEqual(formatTicks([]), []);
});

test("labels of very close ticks stay distinct", () => {
  const labels = formatTicks([1e-9, 2e-9, 3e-9]);
  assert.equal(new Set(labels).size, 3);
});

test("counts agree with their noun", () => {
  assert.equal(count(1, "run"), "1 run");
  assert.equal(count(1200, "run"), "1,200 runs");
});

test("sizes and ages are coarse", () => {
  assert.equal(formatBytes(512), "512 B");
  assert.equal(formatBytes(31_000_000), "31.0 MB");
  assert.equal(formatRelativeTime(2), "just now");
  assert.equal(formatRelativeTime(75), "1 min ago");
  assert.equal(formatRelativeTime(3 * 86400), "3 days ago");
  assert.equal(formatRelativeTime(400 * 86400), "13 months ago");
  assert.equal(formatRelativeTime(1104 * 86400), "3 years ago");
});

test("control characters in a name become visible", () => {
  assert.equal(visibleName("a\tb\n\u007f"), "a\u2409b\u240a\u2421");
  assert.equal(visibleName("日本 <b>"), "日本 <b>");
});

test("a long name keeps its end, from a separator on", () => {
  assert.deepEqual(splitForMiddleTruncation("short"), ["short", ""]);
  assert.deepEqual(splitForMiddleTruncation("experiments/resnet/lr0.1_seed0"), ["experiments/resnet", "/lr0.1_seed0"]);
  const name = "x".repeat(40) + "😀".repeat(10);
  assert.equal(splitForMiddleTruncation(name).join(""), name);
  assert.ok(!/^[\udc00-\udfff]/.test(splitForMiddleTruncation("😀".repeat(30))[1]));
});

test("values are written with the digits that tell them apart", () => {
  assert.equal(formatIn(1_000_000.25, 1.7), "1,000,000.25");
  assert.equal(formatIn(-1_000_000.25, 1.7), "\u22121,000,000.25");
  assert.equal(formatIn(0.26061, 1.6), "0.2606");
  assert.equal(formatIn(0.26061, 0.0005), "0.260610");
  assert.equal(formatIn(1.5e38, 1e38), formatValue(1.5e38));
  assert.equal(formatIn(3e12 + 5, 2), "3.00000000000500e12");
  assert.equal(formatIn(0, 1), "0");
  assert.equal(formatIn(null, 1), formatValue(null));
  assert.equal(formatIn(2.5, 0), formatValue(2.5));
});

test("a difference has the decimals of the one beside it", () => {
  assert.equal(formatLike(-0.00749, 0.758), "\u22120.007");
  assert.equal(formatLike(0.0004, 0.758), "0");
  assert.equal(formatLike(12.34, 250), "+12");
  assert.equal(formatLike(2e5, 1e6), formatSigned(2e5, 2));
  assert.equal(formatLike(0.25, null), "+0.250");
});
