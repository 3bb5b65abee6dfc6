// Which rows are chosen, and where keys move from.

import { idsBetween } from "./overview/rows.js";

/**
 * @typedef {import("./overview/rows.js").Item} Item
 * @typedef {"only" | "toggle" | "range" | "move"} SelectHow - this row alone, this row too or no more, all up to this row;
 * or nothing chosen yet, keys alone move there
 */

export class Selection {
  /** @type {Set<string>} in the order of choice */
  #ids;
  /** @type {string | null} the row chosen last */
  #active;
  /** @type {string | null} where a range of rows begins */
  #anchor = null;

  /** @param {readonly string[]} ids */
  constructor(ids) {
    this.#ids = new Set(ids);
    this.#active = ids.at(-1) ?? null;
  }

  /** @returns {ReadonlySet<string>} */
  get ids() {
    return this.#ids;
  }

  get active() {
    return this.#active;
  }

  /**
   * @param {string} id
   * @param {SelectHow} how
   * @param {readonly Item[]} items - as listed
   */
  choose(id, how, items) {
    if (how === "toggle") {
      const ids = new Set(this.#ids);
      // At least one row stays chosen.
      if (!ids.delete(id) || !ids.size) ids.add(id);
      this.#ids = ids;
    } else if (how !== "move") {
      if (how === "range") this.#anchor ??= this.#active;
      this.#ids = new Set(idsBetween(items, how === "range" ? (this.#anchor ?? id) : id, id));
    }
    if (how !== "range") this.#anchor = id;
    this.#active = id;
  }

  /**
   * Drops chosen rows that are no longer listed; if none is left, chooses the first row.
   * @param {readonly { id: string }[]} rows - all that match the filters, in the order of the list
   * @param {boolean} mayCome - whether rows that a link names may still arrive
   */
  keepListed(rows, mayCome) {
    const listed = new Set(rows.map(({ id }) => id));
    const kept = [...this.#ids].filter((id) => listed.has(id));
    if (!kept.length && this.#ids.size && mayCome) return;
    const [first] = listed;
    if (!kept.length && first !== undefined) kept.push(first);
    this.#ids = new Set(kept);
    if (!this.#active || !listed.has(this.#active)) this.#active = kept.at(-1) ?? null;
  }
}
