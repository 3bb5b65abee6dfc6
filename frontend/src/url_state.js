// What the URL keeps of the page besides the settings: chosen pairs, filters, order. Pure.

import { FIRST_DIRECTION, WORST_FIRST } from "./overview/rows.js";

/**
 * @typedef {import("./overview/rows.js").Query} Query
 * @typedef {import("./overview/rows.js").Sort} Sort
 */

/** Most pairs that a link names: more than a comparison draws, few enough for an address. */
const MAX_IN_LINK = 50;

/** @param {Sort} sort */
function formatSort({ key, descending }) {
  if (key === WORST_FIRST.key && descending === WORST_FIRST.descending) return "";
  return `${key}.${descending ? "down" : "up"}`;
}

/**
 * @param {string | undefined} text
 * @returns {Sort}
 */
function parseSort(text = "") {
  const [key = "", direction] = text.split(".");
  if (!(key in FIRST_DIRECTION)) return WORST_FIRST;
  return { key: /** @type {Sort["key"]} */ (key), descending: direction === "down" };
}

/**
 * @param {string | undefined} text - "100-500"
 * @returns {[number, number] | null}
 */
export function parseZoom(text = "") {
  const [, from, to] = /^(-?\d+)-(-?\d+)$/.exec(text) ?? [];
  return from !== undefined && Number(to) > Number(from) ? [Number(from), Number(to)] : null;
}

/**
 * @param {string | undefined} text - the number of a training, 0 the oldest
 * @returns {number | undefined}
 */
export function parseTraining(text = "") {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** @param {string | undefined} text */
const list = (text) => (text ? text.split(",") : []);

/**
 * @param {Record<string, string>} view
 * @returns {{ query: Query, selected: string[] }}
 */
export function parseUrlState(view) {
  const group = view["group"];
  return {
    query: {
      pattern: view["filter"] ?? "",
      runFilter: "",
      verdicts: new Set(list(view["verdict"])),
      sort: parseSort(view["sort"]),
      group: group === "folder" || group === "loss" ? group : "",
    },
    selected: list(view["pair"]),
  };
}

/**
 * @param {Query} query
 * @param {Iterable<string>} selected
 * @returns {Record<string, string>}
 */
export function formatUrlState({ pattern, verdicts, sort, group }, selected) {
  return {
    pair: [...selected].slice(0, MAX_IN_LINK).join(","),
    filter: pattern,
    verdict: [...verdicts].join(","),
    sort: formatSort(sort),
    group,
  };
}

/**
 * @param {string | undefined} text
 * @returns {import("./api.js").Trial | null}
 */
export function parseTrial(text = "") {
  try {
    const names = JSON.parse(text);
    if (!Array.isArray(names) || names.length !== 5 || !names.every((name) => typeof name === "string")) return null;
    const [trainRun, trainTag, valRun, valTag, mode] = /** @type {[string, string, string, string, string]} */ (names);
    return { train: { run: trainRun, tag: trainTag }, val: { run: valRun, tag: valTag }, mode: mode === "max" ? "max" : "min" };
  } catch {
    return null;
  }
}

/** @param {import("./api.js").Trial | null} trial */
export function formatTrial(trial) {
  return trial ? JSON.stringify([trial.train.run, trial.train.tag, trial.val.run, trial.val.tag, trial.mode]) : "";
}
