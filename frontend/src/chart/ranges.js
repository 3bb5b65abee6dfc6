// Ranges of value axes. Pure.

/** Part of the range left free above and below. */
const MARGIN = 0.08;
/** Zero is shown where it lies within this part of the range below the lowest value. */
const NEAR_ZERO = 0.25;

/** @typedef {[number, number]} Extent */

/**
 * Adds a margin on both sides, and zero where it is near.
 * @param {number | null | undefined} low
 * @param {number | null | undefined} high
 * @returns {Extent}
 */
export function linearRange(low, high) {
  if (low == null || high == null) return [0, 1];
  if (low === high) {
    const half = Math.abs(low) * 0.5 || 0.5;
    return [low - half, high + half];
  }
  const margin = (high - low) * MARGIN;
  const bottom = low >= 0 && low < (high - low) * NEAR_ZERO ? 0 : low - margin;
  return [bottom, high === 0 ? 0 : high + margin];
}

/**
 * The same for a logarithmic axis; values at or below zero are not on it.
 * @param {number | null | undefined} low
 * @param {number | null | undefined} high
 * @returns {Extent}
 */
export function logRange(low, high) {
  if (low == null || high == null || low <= 0 || high <= 0) return [0.1, 1];
  const margin = (high / low) ** MARGIN;
  return low === high ? [low / 2, high * 2] : [low / margin, high * margin];
}

/**
 * A zoom within what there is; null if that is everything. At least `smallest` wide.
 * @param {Extent} wanted
 * @param {Extent} whole
 * @param {number} smallest
 * @returns {Extent | null}
 */
export function limitZoom([from, to], [first, last], smallest) {
  const width = Math.min(last - first, Math.max(smallest, to - from));
  const start = Math.min(last - width, Math.max(first, from));
  const all = width >= (last - first) * (1 - 1e-9);
  return all ? null : [start, start + width];
}

/**
 * A range grown or shrunk about a point that stays in its place.
 * @param {Extent} range
 * @param {number} centre
 * @param {number} factor - above 1 shows more
 * @returns {Extent}
 */
export function scaleAbout([from, to], centre, factor) {
  return [centre - (centre - from) * factor, centre + (to - centre) * factor];
}
