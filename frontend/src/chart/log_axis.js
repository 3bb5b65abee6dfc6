// Ticks of a logarithmic axis. Our own: uPlot's loop never ends where a range begins just below a power of ten. Pure.

import { formatTicks, formatValue } from "../format.js";

/** Decades beyond which only powers of ten are ticks. */
const MANY_DECADES = 12;
/** Ticks below which a range is divided evenly: it lies within one decade. */
const ENOUGH = 3;
/** Even parts of such a range, about. */
const PARTS = 5;

/** @param {number} value */
const exponentOf = (value) => Math.floor(Math.log10(value) + 1e-9);

/**
 * Whole multiples of powers of ten; within a fraction of a decade evenly spaced values.
 * @param {number} low - above 0
 * @param {number} high
 * @returns {number[]}
 */
export function logSplits(low, high) {
  const [first, last] = [exponentOf(low), exponentOf(high)];
  const digits = last - first > MANY_DECADES ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const splits = [];
  for (let exponent = first; exponent <= last; exponent++) {
    for (const digit of digits) {
      // Written out: powers by multiplication carry rounding noise.
      const split = Number(`${digit}e${exponent}`);
      if (split >= low && split <= high) splits.push(split);
    }
  }
  return splits.length >= ENOUGH ? splits : evenSplits(low, high);
}

/**
 * @param {number} low
 * @param {number} high
 */
function evenSplits(low, high) {
  const exponent = exponentOf((high - low) / PARTS);
  const spacing = [1, 2, 5, 10].map((n) => Number(`${n}e${exponent}`)).find((one) => (high - low) / one <= PARTS + 1) ?? high - low;
  const from = Math.ceil(low / spacing);
  const count = Math.min(2 * PARTS, Math.floor(high / spacing) - from + 1);
  return Array.from({ length: Math.max(0, count) }, (_, i) => (from + i) * spacing);
}

/**
 * Which ticks have room for a label: powers of ten first, then 5 and 2.
 * @param {readonly number[]} splits
 * @param {(value: number) => number} positionOf - in pixels
 * @param {number} space - pixels from label to label
 * @returns {(number | null)[]}
 */
export function labelled(splits, positionOf, space) {
  const rank = (/** @type {number} */ split) => ["1", "5", "2", "3"].indexOf(split.toExponential(0).charAt(0)) >>> 0;
  /** @type {Map<number, number>} */
  const kept = new Map();
  for (const split of [...splits].sort((a, b) => rank(a) - rank(b))) {
    const position = positionOf(split);
    if ([...kept.values()].every((other) => Math.abs(other - position) >= space)) kept.set(split, position);
  }
  return splits.map((split) => (kept.has(split) ? split : null));
}

/**
 * @param {readonly (number | null)[]} ticks - null has no label
 * @returns {string[]}
 */
export function logTicks(ticks) {
  const known = ticks.filter((tick) => tick !== null);
  const isEven = known.some((tick) => Math.abs(tick / 10 ** exponentOf(tick) - Math.round(tick / 10 ** exponentOf(tick))) > 1e-9);
  if (isEven) {
    const texts = formatTicks(known);
    return ticks.map((tick) => (tick === null ? "" : (texts[known.indexOf(tick)] ?? "")));
  }
  return ticks.map((tick) => {
    if (tick === null) return "";
    return tick >= 1e-4 && tick < 1e6 ? (formatTicks([tick, tick * 2])[0] ?? "") : formatValue(tick, 3);
  });
}
