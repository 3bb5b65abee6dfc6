// Which state of its own the page has where there is nothing to put into table and charts.

import { problemsPanel } from "./detail/panels.js";
import { h } from "./dom.js";
import { emptyState, loadingState, noLogdirState, unreadableState } from "./states.js";

/**
 * @param {import("./types.js").Overview} overview
 * @param {import("./detail/unpaired.js").UnpairedTags} unpaired
 * @returns {HTMLElement | null} null where there is something to show
 */
export function stateInstead(overview, unpaired) {
  if (overview.pairs.length || overview.train_only.length) return null;
  if (overview.state === "loading") return loadingState(overview);
  if (overview.state === "no_logdir") return noLogdirState();
  const problems = overview.problems.total > 0 && h("div", { class: "state-part" }, ...problemsPanel(overview.problems));
  if (overview.state === "unreadable") return unreadableState(overview, problems);
  unpaired.show(overview.unpaired);
  return emptyState(overview, overview.unpaired.total > 0 && h("div", { class: "state-part" }, unpaired.root), problems);
}
