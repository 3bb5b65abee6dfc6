// All rows of the overview, kept up to date by what the server says has changed.

import { useGlossary } from "./verdicts.js";

/**
 * @typedef {import("./types.js").Overview} Overview
 * @typedef {import("./types.js").PairRow} PairRow
 * @typedef {import("./types.js").TrainOnlyRow} TrainOnlyRow
 * @typedef {import("./types.js").Spark} Spark
 */

/** Rows asked for at a time: some 200 kB, so that the first ones are there soon. */
const PAGE = 500;
/** Sparklines that the server gives at a time. */
const SPARKS = 100;

/**
 * Worst first, as the server orders them.
 * @param {PairRow} a
 * @param {PairRow} b
 */
export function bySeverity(a, b) {
  if (a.severity !== b.severity) return b.severity - a.severity;
  if (a.run !== b.run) return a.run < b.run ? -1 : 1;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/**
 * Puts an answer's rows into those known: an answer since a version brings changes, any other one everything.
 * @template {{ id: string }} Row
 * @param {ReadonlyMap<string, Row>} known
 * @param {readonly Row[]} rows
 * @param {readonly string[]} removed
 * @param {boolean} isWhole
 * @returns {Map<string, Row>}
 */
export function mergeRows(known, rows, removed, isWhole) {
  const merged = new Map(isWhole ? [] : known);
  for (const id of removed) merged.delete(id);
  for (const row of rows) merged.set(row.id, row);
  return merged;
}

export class OverviewStore {
  /** @type {Overview | null} */
  #overview = null;
  /** @type {Map<string, PairRow>} */
  #pairs = new Map();
  /** @type {Map<string, TrainOnlyRow>} */
  #trainOnly = new Map();
  /** @type {Map<string, { row: PairRow, spark: Spark | null }>} sparklines, each of the row that it was fetched for */
  #sparks = new Map();
  /** @type {Set<string>} */
  #asked = new Set();

  /**
   * @param {import("./api.js").Api} api
   * @param {() => void} onSparks - called when sparklines have come
   */
  constructor(api, onSparks) {
    this.api = api;
    this.onSparks = onSparks;
  }

  /** The last answer with all rows known, worst first; null before the first. */
  get overview() {
    return this.#overview;
  }

  /**
   * Asks for what is new, page by page.
   * @param {(changed: boolean) => void} onPage - called after the first page and after the last one
   */
  async refresh(onPage) {
    const before = this.#overview;
    const first = await this.api.overview({ since: before?.version, limit: PAGE, spark: 0 });
    const isWhole = first.since == null;
    const changed =
      !before || isWhole || first.state !== before.state || first.version !== before.version || first.state === "loading";
    this.#merge(first, isWhole);
    onPage(changed);
    let { next } = first;
    if (!next) return;
    while (next) {
      /** @type {Overview} */
      const page = await this.api.overview({ since: isWhole ? undefined : before?.version, limit: PAGE, after: next, spark: 0 });
      // The next refresh asks since the first page's version, whatever has changed while the others came.
      this.#merge({ ...page, version: first.version }, false);
      next = page.next;
    }
    onPage(true);
  }

  /**
   * @param {Overview} answer
   * @param {boolean} isWhole
   */
  #merge(answer, isWhole) {
    if (answer.glossary) useGlossary(answer.glossary);
    this.#pairs = mergeRows(this.#pairs, answer.pairs, answer.removed, isWhole);
    this.#trainOnly = mergeRows(this.#trainOnly, answer.train_only, answer.removed, isWhole);
    this.#overview = { ...answer, pairs: [...this.#pairs.values()].sort(bySeverity), train_only: [...this.#trainOnly.values()] };
  }

  /**
   * A row's sparkline, as far as it is known; an outdated one until the new one has come.
   * @param {PairRow} row
   * @returns {Spark | null}
   */
  spark(row) {
    return this.#sparks.get(row.id)?.spark ?? null;
  }

  /**
   * Fetches the sparklines of these rows, where they are not known.
   * @param {readonly PairRow[]} rows
   */
  async loadSparks(rows) {
    const missing = rows.filter((row) => this.#sparks.get(row.id)?.row !== row && !this.#asked.has(row.id)).slice(0, SPARKS);
    if (!missing.length) return;
    for (const { id } of missing) this.#asked.add(id);
    try {
      const sparks = await this.api.sparks(missing.map(({ id }) => id));
      for (const row of missing) this.#sparks.set(row.id, { row, spark: sparks[row.id] ?? null });
      this.onSparks();
    } catch {
      // A row without its sparkline is still a row; it is asked for again when next visible.
    } finally {
      for (const { id } of missing) this.#asked.delete(id);
    }
  }
}
