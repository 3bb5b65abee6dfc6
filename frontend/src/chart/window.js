// Curves whose points within a window were fetched again, at full resolution. Pure.

/**
 * @typedef {import("../types.js").Curve} Curve
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 */

/**
 * A curve with the points of one window replaced by those fetched for it: full resolution inside, the known shape
 * outside, so that lines run on to the edges.
 * @template {Record<string, any[]>} Columns
 * @param {Columns} whole
 * @param {Columns} part
 * @param {number} from
 * @param {number} to
 * @param {(keyof Columns & string)[]} columns - the first one is sorted and holds the steps
 * @returns {Columns}
 */
export function splice(whole, part, from, to, columns) {
  const steps = /** @type {number[]} */ (whole[/** @type {keyof Columns & string} */ (columns[0])]);
  const start = steps.findIndex((step) => step >= from);
  const before = start < 0 ? steps.length : start;
  const end = steps.findIndex((step) => step > to);
  const after = end < 0 ? steps.length : end;
  const joined = columns.map((name) => {
    const column = /** @type {any[]} */ (whole[name]);
    return [name, [...column.slice(0, before), ...(part[name] ?? []), ...column.slice(after)]];
  });
  return { ...whole, ...Object.fromEntries(joined) };
}

/** @type {(keyof Curve & string)[]} */
const CURVE_COLUMNS = ["steps", "values", "wall_times"];

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
  const curve = (a, b) => /** @type {Curve} */ (splice(/** @type {any} */ (a), /** @type {any} */ (b), from, to, CURVE_COLUMNS));
  if (!("val" in whole) || !("val" in part)) return { ...whole, train: curve(whole.train, part.train) };
  const gapColumns = ["steps", ...Object.keys(whole.gap).filter((name) => name !== "steps")];
  return {
    ...whole,
    train: curve(whole.train, part.train),
    val: curve(whole.val, part.val),
    test: whole.test && part.test && curve(whole.test, part.test),
    gap: splice(/** @type {any} */ (whole.gap), /** @type {any} */ (part.gap), from, to, gapColumns),
  };
}
