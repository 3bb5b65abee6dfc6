// Geometry of the charts that needs no canvas. Pure.

/** @typedef {{ left: number, top: number, width: number, height: number }} Rect */
/** @typedef {[x: number, y: number]} Point */

/**
 * Index of the value of a sorted list that lies nearest to `x`; -1 for an empty list.
 * @param {ArrayLike<number>} sorted
 * @param {number} x
 */
export function nearestIndex(sorted, x) {
  let low = 0;
  let high = sorted.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (sorted[middle]) < x) low = middle;
    else high = middle;
  }
  const [a, b] = [/** @type {number} */ (sorted[low]), /** @type {number} */ (sorted[high])];
  return x - a <= b - x ? low : high;
}

/**
 * Where the points from `from` to `to` lie in a sorted list, with one more on either side, so that lines run on to the
 * edges: first index, and the one behind the last.
 * @param {ArrayLike<number>} sorted
 * @param {number} from
 * @param {number} to
 * @returns {[start: number, end: number]}
 */
export function spanAround(sorted, from, to) {
  if (!sorted.length) return [0, 0];
  return [Math.max(0, nearestIndex(sorted, from) - 1), Math.min(sorted.length, nearestIndex(sorted, to) + 2)];
}

/**
 * The areas between two curves on the same x: outlines along `upper` and back along `lower`, split where they cross
 * and where either is unknown.
 * @param {readonly number[]} xs
 * @param {readonly (number | null)[]} lower
 * @param {readonly (number | null)[]} upper
 * @returns {{ positive: boolean, outline: Point[] }[]} positive where upper is the greater one
 */
export function areasBetween(xs, lower, upper) {
  /** @type {{ positive: boolean, outline: Point[] }[]} */
  const areas = [];
  /** @type {Point[]} */
  let forth = [];
  /** @type {Point[]} */
  let back = [];
  let positive = true;
  const close = () => {
    if (forth.length > 1) areas.push({ positive, outline: [...forth, ...back.reverse()] });
    forth = [];
    back = [];
  };
  for (let i = 0; i < xs.length; i++) {
    const [x, low, high] = [/** @type {number} */ (xs[i]), lower[i], upper[i]];
    if (low == null || high == null) {
      close();
      continue;
    }
    const before = forth.at(-1);
    if (before && high !== low && high > low !== positive) {
      const [x0, high0] = before;
      const low0 = /** @type {Point} */ (back.at(-1))[1];
      const t = (high0 - low0) / (high0 - low0 - (high - low));
      /** @type {Point} */
      const crossing = [x0 + t * (x - x0), high0 + t * (high - high0)];
      forth.push(crossing);
      back.push(crossing);
      close();
      forth.push(crossing);
      back.push(crossing);
    }
    if (forth.length < 2 && high !== low) positive = high > low;
    forth.push([x, high]);
    back.push([x, low]);
  }
  close();
  return areas;
}

/**
 * Moves labels apart along one axis, as little as possible: neighbours at least `distance` apart, all within
 * `low`..`high` (given that they fit). Order is kept.
 * @param {readonly number[]} wanted
 * @param {number} distance
 * @param {number} low
 * @param {number} high
 */
export function spreadLabels(wanted, distance, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => /** @type {number} */ (wanted[a]) - /** @type {number} */ (wanted[b]));
  const placed = wanted.map((y) => Math.min(high, Math.max(low, y)));
  /** @param {number} i */
  const at = (i) => /** @type {number} */ (placed[/** @type {number} */ (order[i])]);
  // Overlapping neighbours share the shift; a few rounds settle what labels a chart has.
  for (let round = 0; round < 50; round++) {
    let moved = false;
    for (let i = 1; i < order.length; i++) {
      const overlap = distance - (at(i) - at(i - 1));
      if (overlap <= 1e-6) continue;
      moved = true;
      placed[/** @type {number} */ (order[i - 1])] = Math.max(low, at(i - 1) - overlap / 2);
      placed[/** @type {number} */ (order[i])] = Math.min(high, at(i - 1) + distance);
    }
    if (!moved) break;
  }
  for (let i = order.length - 2; i >= 0; i--) {
    placed[/** @type {number} */ (order[i])] = Math.min(at(i), at(i + 1) - distance);
  }
  return placed;
}

/** @typedef {{ x: number, start: number, end: number }} LaneLabel - text from start to end, of a mark at x */

/**
 * @param {LaneLabel} a
 * @param {LaneLabel} b
 */
const overlap = (a, b) => a.start < b.end && b.start < a.end;
/**
 * @param {LaneLabel} label
 * @param {number} x
 */
const covers = (label, x) => label.start < x && x < label.end;

/**
 * Lanes for labels above a plot, 0 the lowest: no two texts in one overlap, and no leader, which runs from a label down
 * to its mark, crosses the text of a lower lane. Right to left or left to right, whichever takes fewer lanes.
 * @param {readonly LaneLabel[]} labels
 * @returns {number[]}
 */
export function packLanes(labels) {
  const order = labels.map((_, i) => i).sort((a, b) => at(labels, b).x - at(labels, a).x);
  const attempts = [order, [...order].reverse()].map((indices) => packInOrder(labels, indices));
  return /** @type {number[]} */ (attempts.sort((a, b) => Math.max(...a) - Math.max(...b))[0]);
}

/**
 * @param {readonly LaneLabel[]} labels
 * @param {readonly number[]} order
 */
function packInOrder(labels, order) {
  /** @type {number[]} */
  const lanes = labels.map(() => -1);
  for (const i of order) {
    const label = at(labels, i);
    const free = (/** @type {number} */ lane) =>
      labels.every((other, j) => {
        const taken = at(lanes, j);
        if (taken < 0) return true;
        if (taken === lane) return !overlap(label, other);
        return taken < lane ? !covers(other, label.x) : !covers(label, other.x);
      });
    let lane = 0;
    while (!free(lane) && lane < labels.length) lane++;
    lanes[i] = lane;
  }
  return lanes;
}

/**
 * @template Value
 * @param {readonly Value[]} list
 * @param {number} i - known to be within it
 */
const at = (list, i) => /** @type {Value} */ (list[i]);

/**
 * Whether the straight line from a to b touches the rectangle (Liang-Barsky clipping).
 * @param {Rect} rect
 * @param {Point} a
 * @param {Point} b
 */
export function segmentHits({ left, top, width, height }, [x0, y0], [x1, y1]) {
  let enter = 0;
  let leave = 1;
  for (const [delta, toLow, toHigh] of /** @type {[number, number, number][]} */ ([
    [x1 - x0, left - x0, left + width - x0],
    [y1 - y0, top - y0, top + height - y0],
  ])) {
    if (delta === 0) {
      if (toLow > 0 || toHigh < 0) return false;
      continue;
    }
    const [near, far] = delta > 0 ? [toLow / delta, toHigh / delta] : [toHigh / delta, toLow / delta];
    enter = Math.max(enter, near);
    leave = Math.min(leave, far);
    if (enter > leave) return false;
  }
  return true;
}

/** Directions in which a label may stand from its anchor, best first, as fractions of its size. */
const DIRECTIONS = /** @type {const} */ ([[-0.5, 1], [0, 1], [-1, 1], [0, -1], [-0.5, -1], [-1, -1], [0, 0], [-1, 0]]);

/**
 * A free place for a label near its anchor: within bounds, touched by no line; null if there is none.
 * @param {Point} anchor
 * @param {{ width: number, height: number }} size
 * @param {Rect} bounds
 * @param {readonly (readonly Point[])[]} lines
 * @param {readonly number[]} distances - how far from the anchor to look, nearest first
 * @returns {(Rect & { distance: number }) | null}
 */
export function placeNear([x, y], { width, height }, bounds, lines, distances) {
  for (const distance of distances) {
    for (const [dx, dy] of DIRECTIONS) {
      const left = x + dx * width + (dx === 0 ? distance : dx === -1 ? -distance : 0);
      const top = dy === 0 ? y - height / 2 : dy > 0 ? y + distance : y - distance - height;
      const rect = { left, top, width, height };
      const inside =
        left >= bounds.left &&
        top >= bounds.top &&
        left + width <= bounds.left + bounds.width &&
        top + height <= bounds.top + bounds.height;
      if (inside && !lines.some((line) => lineHits(rect, line))) return { ...rect, distance };
    }
  }
  return null;
}

/**
 * @param {Rect} rect
 * @param {readonly Point[]} line
 */
function lineHits(rect, line) {
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [/** @type {Point} */ (line[i - 1]), /** @type {Point} */ (line[i])];
    if (b[0] < rect.left || a[0] > rect.left + rect.width) continue;
    if (segmentHits(rect, a, b)) return true;
  }
  return false;
}
