// The details of chosen pairs: fetched, and kept while they are current.

/**
 * @typedef {import("../api.js").Api} Api
 * @typedef {import("../types.js").PairDetail} PairDetail
 * @typedef {import("../types.js").TrainOnlyDetail} TrainOnlyDetail
 * @typedef {import("../api.js").Trial} Trial
 * @typedef {PairDetail | import("../types.js").TrialAnswer | TrainOnlyDetail} Detail
 * @typedef {{ kind: "trial", id: string, trial: Trial, row: { id: string, run: string, name: string } }} TrialItem
 * - the row is a new one whenever the log has changed
 * @typedef {import("../overview/rows.js").PairItem | import("../overview/rows.js").TrainOnlyItem | TrialItem} Chosen
 */

/** Answers kept, so that switching between pairs does not wait. */
const KEPT_ANSWERS = 12;

/**
 * The row of an item; another object once anything about it has changed.
 * @template {Chosen | null} Some
 * @param {Some} chosen
 * @returns {Some extends null ? null : { id: string, run: string, name: string }}
 */
export function rowOf(chosen) {
  return /** @type {any} */ (chosen && (chosen.kind === "pair" ? chosen.pair : chosen.row));
}

export class DetailCache {
  /** @type {Map<string, { row: object | null, detail: Detail }>} by pair and training, oldest first */
  #answers = new Map();

  /** @param {Api} api */
  constructor(api) {
    this.api = api;
  }

  /**
   * @param {Chosen} chosen
   * @param {number | undefined} training - undefined is the latest
   * @returns {{ detail: Detail, isCurrent: boolean } | null} what is known already
   */
  known(chosen, training) {
    const answer = this.#answers.get(keyOf(chosen, training));
    return answer ? { detail: answer.detail, isCurrent: answer.row === rowOf(chosen) } : null;
  }

  /**
   * The whole pair.
   * @param {Chosen} chosen
   * @param {number | undefined} training
   * @param {number} width - in pixels
   * @param {AbortSignal} signal
   */
  async whole(chosen, training, width, signal) {
    const [key, row] = [keyOf(chosen, training), rowOf(chosen)];
    const detail = await fetchDetail(this.api, chosen, { width, training }, signal);
    this.#answers.delete(key);
    this.#answers.set(key, { row, detail });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
    return detail;
  }
}

/**
 * @param {Chosen} chosen
 * @param {number | undefined} training
 */
const keyOf = ({ id }, training) => `${id}/${training ?? ""}`;

/**
 * @param {Api} api
 * @param {Chosen} chosen
 * @param {import("../api.js").Window} window
 * @param {AbortSignal} [signal]
 * @returns {Promise<Detail>}
 */
export function fetchDetail(api, chosen, window, signal) {
  const { id, kind } = chosen;
  if (kind === "trial") return api.trial(chosen.trial, window, signal);
  const { training: _, ...withoutTraining } = window;
  return kind === "train_only" ? api.trainOnly(id, withoutTraining, signal) : api.pair(id, window, signal);
}
