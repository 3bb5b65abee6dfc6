// What the charts draw, made from the API's answers. Pure.

/**
 * @typedef {import("../types.js").Curve} Curve
 * @typedef {import("../types.js").GapColumns} GapColumns
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 *
 * @typedef {"train" | "trainRaw" | "val" | "test" | "gap"} LineKey
 * @typedef {{ key: LineKey, label: string, xs: number[], ys: (number | null)[] }} Line
 *
 * @typedef {object} ChartModel
 * @property {Line[]} lines - of the upper chart, in drawing order
 * @property {GapColumns | null} gap
 * @property {"min" | "max"} mode
 * @property {import("../types.js").Onset | null} onset
 * @property {boolean} recovered - the onset was taken back: validation improved again
 * @property {{ step: number, value: number } | null} best
 * @property {number[]} resumedAt
 * @property {{ split: string, step: number }[]} nonFinite
 * @property {[number, number]} extent - first and last step of everything
 */

/** Known values of train at the evaluations below which they would be too few to be a curve. */
const ENOUGH_EVALUATIONS = 3;

/**
 * First and last step over several curves; a single step gets room on both sides.
 * @param {readonly Curve[]} curves
 * @returns {[number, number]}
 */
function extentOf(curves) {
  const known = curves.filter((curve) => curve.first_step !== null && curve.last_step !== null);
  if (!known.length) return [0, 1];
  const first = Math.min(...known.map((curve) => /** @type {number} */ (curve.first_step)));
  const last = Math.max(...known.map((curve) => /** @type {number} */ (curve.last_step)));
  return last > first ? [first, last] : [first - 1, last + 1];
}

/**
 * @param {PairDetail} detail
 * @returns {ChartModel}
 */
export function pairModel({ row, train, val, test, gap, marks }) {
  // The gap is measured from train at the evaluations; where train was logged more often, every point stands faint
  // behind that curve, so that the filled gap always ends on a line that is drawn.
  const known = gap.train.filter((value) => value !== null).length;
  const thinned = known >= ENOUGH_EVALUATIONS && train.points > known;
  /** @type {Line[]} */
  const lines = thinned
    ? [
        { key: "trainRaw", label: "train, every point", xs: train.steps, ys: train.values },
        { key: "train", label: "train", xs: gap.steps, ys: gap.train },
      ]
    : [{ key: "train", label: "train", xs: train.steps, ys: train.values }];
  if (test) lines.push({ key: "test", label: "test", xs: test.steps, ys: test.values });
  lines.push({ key: "val", label: "validation", xs: val.steps, ys: val.values });
  return {
    lines,
    gap,
    mode: row.mode,
    onset: row.onset,
    recovered: row.recovered,
    best: row.best_step === null || row.best_value === null ? null : { step: row.best_step, value: row.best_value },
    resumedAt: marks.resumed_at,
    nonFinite: marks.non_finite,
    extent: extentOf(test ? [train, val, test] : [train, val]),
  };
}

/**
 * @param {TrainOnlyDetail} detail
 * @returns {ChartModel}
 */
export function trainOnlyModel({ train, marks, mode }) {
  return {
    lines: [{ key: "train", label: "train", xs: train.steps, ys: train.values }],
    gap: null,
    mode,
    onset: null,
    recovered: false,
    best: null,
    resumedAt: marks.resumed_at,
    nonFinite: marks.non_finite,
    extent: extentOf([train]),
  };
}

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
