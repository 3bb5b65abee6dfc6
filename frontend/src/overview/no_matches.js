// Shown in place of the rows when none matches the filters.

import { h } from "../dom.js";

/**
 * @param {string | null} patternError - why the pattern is searched as text
 * @param {string} runFilter - TensorBoard's own
 * @param {() => void} onClear
 */
export function noMatches(patternError, runFilter, onClear) {
  return h(
    "div",
    { class: "no-matches quiet" },
    h("p", {}, "No pair matches these filters."),
    patternError && h("p", {}, `${patternError}.`),
    runFilter && h("p", {}, `TensorBoard's run filter is ${runFilter}; it is set on the other dashboards.`),
    h("button", { class: "button", type: "button", onclick: onClear }, "Clear filters"),
  );
}
