// The plugin's routes as methods, over any transport.

/**
 * @typedef {import("./types.js").Overview} Overview
 * @typedef {{ train: import("./types.js").TagRef, val: import("./types.js").TagRef, mode: "min" | "max" }} Trial - two tags
 * that somebody tries as a pair
 * @typedef {{ width: number, from?: number, to?: number, training?: number | undefined }} Window - pixels, and steps
 */

/** Widest picture that the server answers for, in pixels. */
export const MAX_WIDTH = 4000;

export class Api {
  #get;

  /** @param {import("./transport/transport.js").Transport} transport */
  constructor(transport) {
    this.#get = transport;
  }

  /**
   * @param {{ since?: number | undefined, limit: number, after?: string, spark: 0 | 1 }} params
   * @returns {Promise<Overview>}
   */
  overview(params) {
    return this.#get("overview", params);
  }

  /**
   * @param {readonly string[]} ids
   * @returns {Promise<Record<string, import("./types.js").Spark>>}
   */
  async sparks(ids) {
    return (await this.#get("sparks", { ids: ids.join(",") })).sparks;
  }

  /**
   * @param {string} id
   * @param {Window} window
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").PairAnswer>}
   */
  pair(id, window, signal) {
    return this.#get("pair", { id, ...window }, signal);
  }

  /**
   * @param {string} id
   * @param {Omit<Window, "training">} window
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").TrainOnlyAnswer>}
   */
  trainOnly(id, window, signal) {
    return this.#get("train_only", { id, ...window }, signal);
  }

  /**
   * @param {string} contains
   * @returns {Promise<import("./types.js").UnpairedAnswer>}
   */
  unpaired(contains) {
    return this.#get("unpaired", { contains });
  }

  /**
   * @param {Trial} trial
   * @param {Window} window
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").TrialAnswer>}
   */
  trial({ train, val, mode }, window, signal) {
    const tags = { train_run: train.run, train_tag: train.tag, val_run: val.run, val_tag: val.tag };
    return this.#get("trial", { ...tags, mode, ...window }, signal);
  }
}
