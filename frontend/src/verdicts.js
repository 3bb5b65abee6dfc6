// What verdicts and flags are called, how they look and what they mean: Python's table, as the overview brings it.

import { svg } from "./dom.js";

/**
 * @typedef {import("./types.js").VerdictText} VerdictText
 * @typedef {import("./types.js").FlagEntry} FlagEntry
 */

/** @type {import("./types.js").Glossary} */
let glossary = { verdicts: {}, train_alone: {}, flags: {} };

/**
 * Takes the table; called before the first row is shown.
 * @param {import("./types.js").Glossary} table
 */
export function useGlossary(table) {
  glossary = table;
}

/** Worst first, those that cannot be judged last. */
export const verdictNames = () => /** @type {import("./types.js").VerdictName[]} */ (Object.keys(glossary.verdicts));

/**
 * @template Text
 * @param {Partial<Record<string, Text>>} texts
 * @param {string} name
 * @param {Text} unknown
 */
const lookUp = (texts, name, unknown) => (Object.hasOwn(texts, name) && texts[name]) || unknown;

/**
 * @param {string} verdict - one that the table lacks is shown by its name
 * @returns {VerdictText}
 */
export function verdictText(verdict) {
  return lookUp(glossary.verdicts, verdict, plainVerdict(verdict));
}

/**
 * @param {string} verdict - of train without validation
 * @returns {VerdictText}
 */
export function trainAloneText(verdict) {
  return lookUp(glossary.train_alone, verdict, plainVerdict(verdict));
}

/**
 * @param {string} flag
 * @returns {FlagEntry}
 */
export function flagText(flag) {
  /** @type {FlagEntry} */
  const plain = { title: flag, meaning: "", advice: "", sources: [] };
  return lookUp(glossary.flags, flag, plain);
}

/**
 * @param {string} title
 * @returns {VerdictText}
 */
function plainVerdict(title) {
  return { title, sign: "", path: "M8 5V11", filled: false, light: "", dark: "", either: "", meaning: "", advice: "", sources: [] };
}

/**
 * The key under which the style sheet has the colour of a verdict on train alone.
 * @param {string} verdict
 */
export const aloneKey = (verdict) => `alone_${verdict}`;

/**
 * The verdict's sign in its colour. It says nothing to a screen reader: the title stands beside it.
 * @param {string} key - of the colour in the style sheet
 * @param {VerdictText} text
 */
export function verdictIcon(key, { path, filled }) {
  return svg(
    "svg",
    { class: "verdict-icon", "data-verdict": key, viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: path, fill: filled ? "currentColor" : "none" }),
  );
}
