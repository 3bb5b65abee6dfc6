// Smoothing and outliers. Pure.

/**
 * The exponential moving average that TensorBoard draws, started without bias (Kingma & Ba 2015, section 3). The past
 * fades with the distance in steps, measured in spacings of the points as they were logged, so that thinning points out
 * for the screen hardly moves the curve. Unknown values stay unknown and leave the average as it is.
 * @param {readonly number[]} steps
 * @param {readonly (number | null)[]} values
 * @param {number} weight - of the past, at least 0 and less than 1
 * @param {number} spacing - steps between neighbouring points as logged
 * @returns {(number | null)[]}
 */
export function movingAverage(steps, values, weight, spacing) {
  if (weight <= 0) return [...values];
  let sum = 0;
  let total = 0;
  let last = NaN;
  return values.map((value, i) => {
    if (value === null) return null;
    const step = /** @type {number} */ (steps[i]);
    const distance = Number.isNaN(last) ? 1 : Math.max((step - last) / (spacing || 1), 1e-3);
    const kept = weight ** distance;
    sum = kept * sum + (1 - kept) * value;
    total = kept * total + (1 - kept);
    last = step;
    return sum / total;
  });
}

/** Part of the values at either end that count as outliers, as in TensorBoard. */
const OUTLYING = 0.05;

/**
 * The range of values without the outlying ones of each line, so that a sparse line counts as much as a dense one.
 * @param {readonly (readonly number[])[]} lines - finite values
 * @returns {[number, number] | null} null if there are none
 */
export function rangeWithoutOutliers(lines) {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    if (!line.length) continue;
    const sorted = Float64Array.from(line).sort();
    const at = (/** @type {number} */ part) => /** @type {number} */ (sorted[Math.round(part * (sorted.length - 1))]);
    low = Math.min(low, at(OUTLYING));
    high = Math.max(high, at(1 - OUTLYING));
  }
  return low <= high ? [low, high] : null;
}
