// Answers from the data of a saved report. Pure.

import { ApiError } from "./transport.js";

/**
 * @typedef {import("../types.js").Curve} Curve
 * @typedef {import("./transport.js").Params} Params
 * @typedef {import("../types.js").SavedReport} SavedReport
 */

/** A saved report never changes: all its answers have this version. */
const VERSION = 1;

const NOT_HERE = "This is a saved report; ask TensorBoard's Loss Health tab.";

/**
 * The rows of parallel columns from one step to another, and one neighbour on each side, so that lines run off the edge.
 * Columns that are not lists stay as they are.
 * @template {{ steps: number[] }} Columns
 * @param {Columns} columns
 * @param {number} from
 * @param {number} to
 * @returns {Columns}
 */
function cut(columns, from, to) {
  const { steps } = columns;
  const first = steps.findIndex((step) => step >= from);
  const start = Math.max((first < 0 ? steps.length : first) - 1, 0);
  const end = steps.findLastIndex((step) => step <= to) + 2;
  const parts = Object.entries(columns).map(([name, column]) => [name, Array.isArray(column) ? column.slice(start, end) : column]);
  return Object.fromEntries(parts);
}

/**
 * An answer with its curves cut to the window that is asked for.
 * @template {{ train: Curve, val?: Curve, test?: Curve | null, gap?: import("../types.js").GapColumns }} Detail
 * @param {Detail} detail
 * @param {Params} params
 * @returns {Detail & { version: number }}
 */
function answer(detail, { from, to }) {
  if (from === undefined && to === undefined) return { ...detail, version: VERSION };
  const [low, high] = [Number(from ?? -Infinity), Number(to ?? Infinity)];
  // The report holds no finer points than these.
  const curve = (/** @type {Curve} */ whole) => ({ ...cut(whole, low, high), decimated: false });
  const { train, val, test, gap } = detail;
  return {
    ...detail,
    train: curve(train),
    ...(val && { val: curve(val) }),
    ...(test && { test: curve(test) }),
    ...(gap && { gap: cut(gap, low, high) }),
    version: VERSION,
  };
}

/**
 * A transport over a saved report: the same routes as the server's, but for `trial`, which needs the log.
 * @param {SavedReport} report
 * @returns {import("./transport.js").Transport}
 */
export function savedTransport({ overview, pairs, train_only }) {
  const pairById = new Map(pairs.map((pair) => [pair.id, pair]));
  const trainOnlyById = new Map(train_only.map((entry) => [entry.id, entry]));

  /** @type {Record<string, (params: Params) => unknown>} each gives undefined where there is no answer */
  const routes = {
    overview({ since }) {
      if (since !== undefined) return { ...overview, since: VERSION, pairs: [], train_only: [] };
      return { ...overview, since: null, pairs: pairs.map(({ row }) => row), train_only: train_only.map(({ row }) => row) };
    },
    sparks({ ids }) {
      const found = String(ids).split(",").flatMap((id) => pairById.get(id) ?? []);
      return { version: VERSION, sparks: Object.fromEntries(found.map(({ id, spark }) => [id, spark])) };
    },
    pair(params) {
      const trainings = pairById.get(String(params["id"]))?.trainings;
      const training = trainings?.[Number(params["training"] ?? NaN)] ?? trainings?.at(-1);
      return training && answer(training, params);
    },
    train_only(params) {
      const entry = trainOnlyById.get(String(params["id"]));
      return entry && answer(entry.detail, params);
    },
    unpaired({ contains = "" }) {
      const text = String(contains).toLowerCase();
      const { tags, total } = overview.unpaired;
      const found = tags.filter(({ run, tag }) => `${run}\n${tag}`.toLowerCase().includes(text));
      return { version: VERSION, total: text ? found.length : total, tags: found };
    },
  };

  return async (route, params) => {
    const found = Object.hasOwn(routes, route) ? routes[route]?.(params) : undefined;
    if (found === undefined) throw new ApiError("gone", NOT_HERE);
    return found;
  };
}
