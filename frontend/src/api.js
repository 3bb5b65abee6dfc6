// The plugin's routes. URLs are relative to the page's base, so that a path prefix or a proxy in front does no harm.

/** @typedef {"unreachable" | "gone" | "refused"} FailureKind */

/** A request that brought no answer; `kind` says what a person can do about it. */
export class ApiError extends Error {
  /**
   * @param {FailureKind} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** Longest wait for one answer, in milliseconds: reading a huge log for the first time takes a while. */
const TIMEOUT = 120_000;

/**
 * @param {string} route
 * @param {Record<string, string | number | undefined>} [params]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function getJson(route, params = {}, signal) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const url = query.size ? `./${route}?${query}` : `./${route}`;
  const timeout = AbortSignal.timeout(TIMEOUT);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("unreachable", "TensorBoard does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const reason = body?.error ?? `the server answered ${response.status} ${response.statusText}`.trim();
  throw new ApiError(response.status === 404 ? "gone" : "refused", reason);
}

/**
 * @param {{ since?: number | undefined, limit: number, after?: string, spark: 0 | 1 }} params
 * @returns {Promise<import("./types.js").Overview>}
 */
export function getOverview(params) {
  return getJson("overview", params);
}

/**
 * @param {readonly string[]} ids
 * @returns {Promise<Record<string, NonNullable<import("./types.js").PairRow["spark"]>>>}
 */
export async function getSparks(ids) {
  return (await getJson("sparks", { ids: ids.join(",") })).sparks;
}

/** Widest picture that the server answers for, in pixels. */
export const MOST_WIDTH = 4000;

/** @typedef {{ width: number, from?: number, to?: number, training?: number | undefined }} Window */

/**
 * @param {string} id
 * @param {Window} window
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./types.js").PairDetail>}
 */
export function getPair(id, window, signal) {
  return getJson("pair", { id, ...window }, signal);
}

/**
 * @param {string} id
 * @param {Window} window
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./types.js").TrainOnlyDetail>}
 */
export function getTrainOnly(id, window, signal) {
  return getJson("train_only", { id, ...window }, signal);
}

/**
 * @param {string} contains
 * @returns {Promise<import("./types.js").Overview["unpaired"]>}
 */
export function getUnpaired(contains) {
  return getJson("unpaired", { contains });
}

/**
 * @param {import("./types.js").Trial} trial
 * @param {Window} window
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./types.js").PairDetail>}
 */
export function getTrial({ train, val, mode }, window, signal) {
  const tags = { train_run: train.run, train_tag: train.tag, val_run: val.run, val_tag: val.tag };
  return getJson("trial", { ...tags, mode, ...window }, signal);
}
