// The compared pairs as fetched: whole, and the visible part at full resolution.

import { spliceDetail } from "../chart/window.js";

/**
 * @typedef {import("../types.js").PairRow} PairRow
 * @typedef {import("../types.js").PairDetail} PairDetail
 */

/** Width of one pair's picture among many, in pixels. */
const WIDTH = 800;

export class ComparedDetails {
  /** @type {Map<string, { row: PairRow, detail: PairDetail }>} */
  #answers = new Map();
  /** @type {{ from: number, to: number, details: Map<string, PairDetail> } | null} */
  #window = null;

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.api = api;
  }

  /**
   * Fetches the pairs that are not known as they are now, and forgets all others.
   * @param {readonly PairRow[]} rows
   * @param {number} width - in pixels
   */
  async load(rows, width) {
    const outdated = rows.filter((row) => this.#answers.get(row.id)?.row !== row);
    if (outdated.length) this.#window = null;
    await Promise.all(
      outdated.map(async (row) => {
        const detail = await this.api.pair(row.id, { width: Math.min(WIDTH, width) }).catch(() => null);
        if (detail) this.#answers.set(row.id, { row, detail });
      }),
    );
  }

  /** @param {readonly PairRow[]} rows - all that are still wanted */
  keepOnly(rows) {
    const wanted = new Set(rows.map(({ id }) => id));
    for (const id of this.#answers.keys()) if (!wanted.has(id)) this.#answers.delete(id);
  }

  /**
   * Fetches a part of these pairs at full resolution.
   * @param {readonly PairRow[]} rows
   * @param {number} from - first step
   * @param {number} to - last step
   * @param {number} width
   */
  async loadWindow(rows, from, to, width) {
    /** @type {Map<string, PairDetail>} */
    const details = new Map();
    await Promise.all(
      rows.map(async ({ id }) => {
        const whole = this.#answers.get(id)?.detail;
        if (!whole || !(whole.train.decimated || whole.val.decimated)) return;
        const part = await this.api.pair(id, { width, from, to }).catch(() => null);
        if (part) details.set(id, spliceDetail(whole, part, from, to));
      }),
    );
    this.#window = { from, to, details };
  }

  dropWindow() {
    this.#window = null;
  }

  /**
   * A pair as far as it is known.
   * @param {string} id
   */
  detail(id) {
    return this.#window?.details.get(id) ?? this.#answers.get(id)?.detail ?? null;
  }
}
