// The bar at the top: the filters, and how recent the shown data is.

import { fill, h } from "./dom.js";
import { formatRelativeTime } from "./format.js";
import { Menu } from "./menu.js";
import { verdictChips } from "./overview/chips.js";
import { verdictNames } from "./verdicts.js";

/** @typedef {import("./overview/rows.js").Query} Query */

/** Intervals of the page's own refresh, in seconds; 0 leaves it to TensorBoard. */
const INTERVALS = [0, 5, 30, 120];

/** With more verdicts than these, a narrow page shows their icons without labels. */
const MANY_CHIPS = 5;

/** @param {number} seconds */
const intervalLabel = (seconds) => (seconds ? `Refresh every ${seconds < 60 ? `${seconds} s` : `${seconds / 60} min`}` : "Refresh with TensorBoard");

export class TopBar {
  /**
   * @param {string} pattern
   * @param {{ onQuery: (change: Partial<Query>) => void, onRefresh: () => void, onInterval: (seconds: number) => void }} events
   */
  constructor(pattern, { onQuery, onRefresh, onInterval }) {
    this.onQuery = onQuery;
    this.onRefresh = onRefresh;
    this.onInterval = onInterval;
    this.filter = h("input", {
      type: "search",
      class: "filter",
      placeholder: "Filter by regex",
      "aria-label": "Filter runs and losses by regular expression",
      spellcheck: "false",
      autocomplete: "off",
      oninput: () => onQuery({ pattern: this.filter.value }),
    });
    this.filter.value = pattern;
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "Filter by verdict" });
    this.status = new Menu("status", {});
    const title = h("h1", { class: "visually-hidden" }, "Loss Health");
    this.root = h("header", { class: "top-bar" }, title, this.filter, this.chips, this.status.root);
  }

  /**
   * @param {Query} query
   * @param {Partial<Record<string, number>>} all - pairs per verdict in the log
   * @param {import("./overview/rows.js").Listing} listing
   */
  showQuery(query, all, { counts, patternError }) {
    this.filter.hidden = this.chips.hidden = false;
    this.filter.setAttribute("aria-invalid", String(patternError !== null));
    this.filter.title = patternError ?? "Text or a regular expression, over run and loss name";
    const focused = this.chips.contains(document.activeElement) && document.activeElement?.getAttribute("data-verdict");
    const chips = verdictNames().filter((name) => all[name] || query.verdicts.has(name)).map((name) => ({
      name,
      count: counts[name] ?? 0,
    }));
    this.chips.classList.toggle("many", chips.length > MANY_CHIPS);
    fill(this.chips, ...verdictChips(chips, query.verdicts, (verdicts) => this.onQuery({ verdicts })));
    if (focused) /** @type {HTMLElement | null} */ (this.chips.querySelector(`[data-verdict="${focused}"]`))?.focus();
  }

  hideQuery() {
    this.filter.hidden = this.chips.hidden = true;
  }

  /**
   * @param {import("./types.js").Overview | null} overview
   * @param {import("./refresh.js").Refresher} refresher
   */
  showStatus(overview, { isLost, interval }) {
    const { read_at = null, state } = overview ?? {};
    const ago = read_at === null ? "" : formatRelativeTime(Math.max(0, Date.now() / 1000 - read_at));
    const [dot, text] = isLost
      ? ["lost", "connection lost"]
      : state === "loading"
        ? ["busy", "reading\u2026"]
        : ["", interval ? `live \u00b7 ${ago}` : ago && `read ${ago}`];
    this.status.root.hidden = !text;
    this.status.button.title = freshness(overview);
    this.status.update(
      [h("span", { class: `dot ${dot}`, "aria-hidden": "true" }), text, h("span", { class: "arrow", "aria-hidden": "true" }, "\u25be")],
      [
        { label: "Refresh now", run: this.onRefresh },
        ...INTERVALS.map((seconds) => ({
          label: intervalLabel(seconds),
          checked: seconds === interval,
          run: () => this.onInterval(seconds),
        })),
      ],
    );
  }
}

/** @param {import("./types.js").Overview | null} overview */
function freshness(overview) {
  if (!overview?.read_at) return "";
  const newest = overview.pairs.reduce((latest, { last_wall_time }) => Math.max(latest, last_wall_time ?? 0), 0);
  const read = `Log read at ${new Date(overview.read_at * 1000).toLocaleTimeString()}`;
  return newest ? `${read}; newest point ${formatRelativeTime(Math.max(0, Date.now() / 1000 - newest))}` : read;
}
