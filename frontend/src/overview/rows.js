// Which rows the table shows, and in which order. Pure.

import { matcher } from "./pattern.js";

/**
 * @typedef {import("../types.js").PairRow} PairRow
 * @typedef {import("../types.js").TrainOnlyRow} TrainOnlyRow
 * @typedef {import("../types.js").VerdictName} VerdictName
 * @typedef {"severity" | "run" | "name" | "onset" | "best" | "gap" | "updated"} SortKey
 * @typedef {{ key: SortKey, descending: boolean }} Sort
 * @typedef {"" | "folder" | "loss"} Grouping
 * @typedef {{ pattern: string, runFilter: string, verdicts: ReadonlySet<string>, sort: Sort, group: Grouping }} Query
 * - `runFilter` is TensorBoard's own, over runs alone
 *
 * @typedef {{ kind: "pair", id: string, pair: PairRow }} PairItem
 * @typedef {{ kind: "heading", id: string, text: string, counts: Partial<Record<string, number>>, collapsed: boolean }} HeadingItem
 * @typedef {{ kind: "train_only", id: string, row: TrainOnlyRow }} TrainOnlyItem
 * @typedef {PairItem | HeadingItem | TrainOnlyItem} Item
 *
 * @typedef {object} Listing
 * @property {Item[]} items
 * @property {(PairItem | TrainOnlyItem)[]} rows - those among the items, and those in collapsed groups
 * @property {number} pairs - how many of them are pairs
 * @property {Partial<Record<string, number>>} counts - pairs per verdict among those that match the pattern
 * @property {string | null} patternError - why the pattern is no regular expression
 */

/** Worst first, as the server ranks them. */
export const WORST_FIRST = /** @type {Sort} */ ({ key: "severity", descending: true });

/** The direction a column starts with: onsets and names read upward, gaps and times downward. */
export const FIRST_DIRECTION = /** @type {Record<SortKey, boolean>} */ ({
  severity: true,
  run: false,
  name: false,
  onset: false,
  best: false,
  gap: true,
  updated: true,
});

/** Id of the heading above losses without validation. */
const TRAIN_ONLY = "train-only";

const names = new Intl.Collator("en", { numeric: true });

/** @type {Record<Exclude<SortKey, "severity" | "run" | "name">, (pair: PairRow) => number | null>} */
const NUMBER_OF = {
  onset: (pair) => pair.onset?.step ?? null,
  best: (pair) => pair.best_value,
  gap: (pair) => pair.gap.final,
  updated: (pair) => pair.last_wall_time,
};

/**
 * The place of each distinct name among all: comparing places is many times faster than comparing names.
 * @param {readonly string[]} all
 */
function ranks(all) {
  const distinct = [...new Set(all)].sort(names.compare);
  return new Map(distinct.map((name, i) => [name, i]));
}

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
    const runs = ranks(pairs.map(({ run }) => run));
    const losses = ranks(pairs.map(({ name }) => name));
    /** @param {PairRow} pair */
    const place = ({ run, name }) => {
      const [ofRun, ofName] = [/** @type {number} */ (runs.get(run)), /** @type {number} */ (losses.get(name))];
      return key === "run" ? [ofRun, ofName] : [ofName, ofRun];
    };
    const places = new Map(pairs.map((pair) => [pair, /** @type {[number, number]} */ (place(pair))]));
    return sorted.sort((a, b) => {
      const [x, y] = [/** @type {[number, number]} */ (places.get(a)), /** @type {[number, number]} */ (places.get(b))];
      return sign * (x[0] - y[0]) || x[1] - y[1];
    });
  }
  const numberOf = NUMBER_OF[key];
  return sorted.sort((a, b) => {
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/**
 * The folder that a run lies in; "." at the top.
 * @param {string} run
 */
export function folderOf(run) {
  const end = run.lastIndexOf("/");
  return end < 0 ? "." : run.slice(0, end);
}

/**
 * @param {readonly PairItem[]} pairs
 * @param {Grouping} group
 * @param {ReadonlySet<string>} collapsed - headings whose rows are left out
 * @returns {Item[]} in the order of the pairs; groups in the order of their first one
 */
function grouped(pairs, group, collapsed) {
  if (!group) return [...pairs];
  /** @type {Map<string, PairItem[]>} */
  const groups = new Map();
  for (const item of pairs) {
    const name = group === "folder" ? folderOf(item.pair.run) : item.pair.name;
    const members = groups.get(name);
    if (members) members.push(item);
    else groups.set(name, [item]);
  }
  return [...groups].flatMap(([name, members]) => {
    const counts = countVerdicts(members.map(({ pair }) => pair));
    const text = group === "folder" && name === "." ? "top of the log" : name;
    return underHeading(`group/${group}/${name}`, text, counts, members, collapsed);
  });
}

/**
 * @param {string} id
 * @param {string} text
 * @param {Partial<Record<string, number>>} counts
 * @param {Item[]} members
 * @param {ReadonlySet<string>} collapsed
 * @returns {Item[]}
 */
function underHeading(id, text, counts, members, collapsed) {
  const isCollapsed = collapsed.has(id);
  return [{ kind: "heading", id, text, counts, collapsed: isCollapsed }, ...(isCollapsed ? [] : members)];
}

/** @param {readonly { verdict: string }[]} rows */
function countVerdicts(rows) {
  /** @type {Partial<Record<string, number>>} */
  const counts = {};
  for (const { verdict } of rows) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/**
 * @param {readonly PairRow[]} pairs - worst first
 * @param {readonly TrainOnlyRow[]} trainOnly
 * @param {Query} query - no verdicts at all means every verdict
 * @param {ReadonlySet<string>} [collapsed] - headings whose rows are left out
 * @returns {Listing}
 */
export function listRows(pairs, trainOnly, { pattern, runFilter, verdicts, sort, group }, collapsed = new Set()) {
  const all = [...pairs, ...trainOnly];
  const { test, error } = matcher(pattern, all);
  const ofRun = matcher(runFilter, all).test;
  /** @param {{ run: string, name: string }} row */
  const matches = (row) => test(row) && ofRun({ run: row.run, name: "" });
  /** @param {{ verdict: string }} row */
  const isChosen = ({ verdict }) => !verdicts.size || verdicts.has(verdict);
  const matching = pairs.filter(matches);
  /** @type {PairItem[]} */
  const shown = sortPairs(matching.filter(isChosen), sort).map((pair) => ({ kind: "pair", id: pair.id, pair }));
  /** @type {TrainOnlyItem[]} */
  const trainOnlyItems = trainOnly.filter((row) => matches(row) && isChosen(row)).map((row) => ({ kind: "train_only", id: row.id, row }));
  const items = grouped(shown, group, collapsed);
  if (trainOnlyItems.length) items.push(...underHeading(TRAIN_ONLY, "No validation loss logged", {}, trainOnlyItems, collapsed));
  return { items, rows: [...shown, ...trainOnlyItems], pairs: shown.length, counts: countVerdicts(matching), patternError: error };
}

/**
 * The ids from one row to another, both included, in the table's order; headings left out.
 * @param {readonly Item[]} items
 * @param {string} from
 * @param {string} to
 */
export function idsBetween(items, from, to) {
  const at = [from, to].map((id) => items.findIndex((item) => item.id === id)).sort((a, b) => a - b);
  if (at[0] === -1) return [to];
  return items.slice(at[0], /** @type {number} */ (at[1]) + 1).flatMap((item) => (item.kind === "heading" ? [] : [item.id]));
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
