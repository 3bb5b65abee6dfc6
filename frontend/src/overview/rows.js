// Which rows the table shows, and in which order. Pure.

/**
 * @typedef {import("../types.js").PairRow} PairRow
 * @typedef {import("../types.js").TrainOnlyRow} TrainOnlyRow
 * @typedef {import("../types.js").VerdictName} VerdictName
 * @typedef {"severity" | "run" | "name" | "onset" | "best" | "gap"} SortKey
 * @typedef {{ key: SortKey, descending: boolean }} Sort
 * @typedef {{ pattern: string, verdicts: ReadonlySet<string>, sort: Sort }} Query
 *
 * @typedef {{ kind: "pair", id: string, pair: PairRow }} PairItem
 * @typedef {{ kind: "heading", id: string, text: string }} HeadingItem
 * @typedef {{ kind: "train_only", id: string, row: TrainOnlyRow }} TrainOnlyItem
 * @typedef {PairItem | HeadingItem | TrainOnlyItem} Item
 *
 * @typedef {object} Listing
 * @property {Item[]} items
 * @property {number} pairs - how many of them are pairs
 * @property {Partial<Record<string, number>>} counts - pairs per verdict among those that match the pattern
 * @property {string | null} patternError - why the pattern is no regular expression
 */

/** Worst first, as the server ranks them. */
export const WORST_FIRST = /** @type {Sort} */ ({ key: "severity", descending: true });

/** The direction a column starts with: large onsets and names read upward, gaps downward. */
export const FIRST_DIRECTION = /** @type {Record<SortKey, boolean>} */ ({
  severity: true,
  run: false,
  name: false,
  onset: false,
  best: false,
  gap: true,
});

const names = new Intl.Collator("en", { numeric: true });

/** @type {Record<Exclude<SortKey, "severity" | "run" | "name">, (pair: PairRow) => number | null>} */
const NUMBER_OF = {
  onset: (pair) => pair.onset?.step ?? null,
  best: (pair) => pair.best_value,
  gap: (pair) => pair.gap.final,
};

/**
 * Sorted copy; rows without the value come last either way, equal rows keep the server's order.
 * @param {readonly PairRow[]} pairs - worst first
 * @param {Sort} sort
 */
export function sortPairs(pairs, { key, descending }) {
  const sorted = [...pairs];
  const sign = descending ? -1 : 1;
  if (key === "severity") return descending ? sorted : sorted.reverse();
  if (key === "run" || key === "name") {
    const other = key === "run" ? "name" : "run";
    return sorted.sort((a, b) => sign * names.compare(a[key], b[key]) || names.compare(a[other], b[other]));
  }
  const numberOf = NUMBER_OF[key];
  return sorted.sort((a, b) => {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/**
 * A test over "run name" for a pattern that a person typed: a regular expression without regard to case; while it is
 * not a valid one, the text itself.
 * @param {string} pattern
 * @returns {{ test: (row: { run: string, name: string }) => boolean, error: string | null }}
 */
export function matcher(pattern) {
  if (!pattern) return { test: () => true, error: null };
  try {
    const expression = new RegExp(pattern, "iu");
    return { test: (row) => expression.test(row.run) || expression.test(row.name), error: null };
  } catch (error) {
    const text = pattern.toLowerCase();
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : "";
    return {
      test: (row) => row.run.toLowerCase().includes(text) || row.name.toLowerCase().includes(text),
      error: `Not a regular expression, searched as text: ${reason}`,
    };
  }
}

/**
 * @param {readonly PairRow[]} pairs - worst first
 * @param {readonly TrainOnlyRow[]} trainOnly
 * @param {Query} query - no verdicts at all means every verdict
 * @returns {Listing}
 */
export function listRows(pairs, trainOnly, { pattern, verdicts, sort }) {
  const { test, error } = matcher(pattern);
  /** @type {Partial<Record<string, number>>} */
  const counts = {};
  const shown = [];
  for (const pair of pairs) {
    if (!test(pair)) continue;
    counts[pair.verdict] = (counts[pair.verdict] ?? 0) + 1;
    if (!verdicts.size || verdicts.has(pair.verdict)) shown.push(pair);
  }
  /** @type {Item[]} */
  const items = sortPairs(shown, sort).map((pair) => ({ kind: "pair", id: pair.id, pair }));
  const alone = trainOnly.filter((row) => test(row) && (!verdicts.size || verdicts.has(row.verdict)));
  if (alone.length) {
    items.push({ kind: "heading", id: "train-only", text: "No validation loss logged" });
    for (const row of alone) items.push({ kind: "train_only", id: row.id, row });
  }
  return { items, pairs: shown.length, counts, patternError: error };
}

/**
 * The row that a move of `by` rows from `id` reaches, headings skipped; the nearest end where there is none beyond.
 * @param {readonly Item[]} items
 * @param {string | null} id
 * @param {number} by
 */
export function neighbour(items, id, by) {
  const selectable = items.filter((item) => item.kind !== "heading");
  if (!selectable.length) return null;
  const at = selectable.findIndex((item) => item.id === id);
  const target = at < 0 ? 0 : Math.min(selectable.length - 1, Math.max(0, at + by));
  return selectable[target]?.id ?? null;
}
