// Curves whose points within a window were fetched again, at full resolution. Pure.

/**
 * @typedef {import("../types.js").Curve} Curve
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 */

/** Wait before a window is fetched, in milliseconds: a zoom by wheel comes in many small steps. */
export const ZOOM_PAUSE = 120;

/**
 * The rows of some columns from one step to another. Answers for a window may hold a point beyond either edge.
 * @template {Record<string, any>} Columns
 * @param {Columns} columns
 * @param {number} from
 * @param {number} to
 * @param {(keyof Columns & string)[]} names - of the columns; the first one is sorted and holds the steps
 * @returns {Columns}
 */
export function within(columns, from, to, names) {
  const steps = /** @type {number[]} */ (columns[/** @type {keyof Columns & string} */ (names[0])]);
  const [start, end] = [firstFrom(steps, from), firstFrom(steps, to, true)];
  return { ...columns, ...Object.fromEntries(names.map((name) => [name, columns[name].slice(start, end)])) };
}

/**
 * Index of the first step at or beyond a limit (strictly beyond it where asked); the length where there is none.
 * @param {readonly number[]} steps
 * @param {number} limit
 */
function firstFrom(steps, limit, beyond = false) {
  const index = steps.findIndex((step) => (beyond ? step > limit : step >= limit));
  return index < 0 ? steps.length : index;
}

/**
 * A curve with the points of one window replaced by those fetched for it: full resolution inside, the known shape
 * outside, so that lines run on to the edges.
 * @template {Record<string, any>} Columns
 * @param {Columns} whole
 * @param {Columns} part
 * @param {number} from
 * @param {number} to
 * @param {(keyof Columns & string)[]} names - as in `within`
 * @returns {Columns}
 */
export function splice(whole, part, from, to, names) {
  const inside = within(part, from, to, names);
  const steps = /** @type {number[]} */ (whole[/** @type {keyof Columns & string} */ (names[0])]);
  const [start, end] = [firstFrom(steps, from), firstFrom(steps, to, true)];
  const joined = names.map((name) => [name, [...whole[name].slice(0, start), ...inside[name], ...whole[name].slice(end)]]);
  return { ...whole, ...Object.fromEntries(joined) };
}

/** @type {(keyof Curve & string)[]} */
export const CURVE_COLUMNS = ["steps", "values", "wall_times"];

/**
 * The answer for a whole pair with the one for a window put in.
 * @template {PairDetail | TrainOnlyDetail} Detail
 * @param {Detail} whole
 * @param {Detail} part
 * @param {number} from
 * @param {number} to
 * @returns {Detail}
 */
export function spliceDetail(whole, part, from, to) {
  /** @type {(a: Curve, b: Curve) => Curve} */
  const curve = (a, b) => splice(a, b, from, to, CURVE_COLUMNS);
  if (!("val" in whole) || !("val" in part)) return { ...whole, train: curve(whole.train, part.train) };
  /** @type {(keyof import("../types.js").GapColumns)[]} */
  const gapColumns = ["steps", "train", "val", "gap", "wall_times"];
  return {
    ...whole,
    train: curve(whole.train, part.train),
    val: curve(whole.val, part.val),
    test: whole.test && part.test && curve(whole.test, part.test),
    gap: splice(whole.gap, part.gap, from, to, gapColumns),
  };
}
