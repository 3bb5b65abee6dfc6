// The pane beside the list: the chosen pair with its charts, or several pairs compared.

import { chartHeights } from "./chart/heights.js";
import { CompareView } from "./compare/view.js";
import { DetailView } from "./detail/view.js";
import { h } from "./dom.js";
import { formatSettings, parseSettings } from "./settings.js";
import { formatTrial, parseTraining, parseZoom } from "./url_state.js";

/**
 * @typedef {import("./overview/rows.js").PairItem | import("./overview/rows.js").TrainOnlyItem} RowItem
 * @typedef {import("./settings.js").Settings} Settings
 * @typedef {import("./types.js").Overview} Overview
 * @typedef {import("./api.js").Trial} Trial
 */

export class RightPane {
  /** @type {Settings} shared by both views */
  #settings;
  /** @type {{ version: number, item: import("./detail/detail_cache.js").TrialItem } | null} */
  #trialItem = null;

  /**
   * @param {import("./api.js").Api} api
   * @param {Record<string, string>} start - the URL's state
   * @param {boolean} isComparison - whether the URL names several pairs
   * @param {{ onUnreachable: () => void, onFullSize: () => void, onViewChange: () => void,
   *   onTry: (trial: Trial | null) => void, onOpen: (id: string) => void }} events - `onTry` with null ends a trial
   */
  constructor(api, start, isComparison, { onTry, onOpen, ...events }) {
    const settings = (this.#settings = parseSettings(start));
    const zoom = parseZoom(start["zoom"]);
    this.onViewChange = events.onViewChange;
    const shared = { ...events, onSettings: (/** @type {Settings} */ changed) => this.#setSettings(changed) };
    this.detail = new DetailView(
      api,
      { settings, zoom: isComparison ? null : zoom, training: parseTraining(start["training"] ?? start["session"]), tab: start["tab"] ?? "why" },
      { ...shared, onTry },
    );
    this.compare = new CompareView(api, { settings, shown: start["compare"] ?? "", zoom: isComparison ? zoom : null }, { ...shared, onOpen });
    this.compare.body.hidden = true;
    this.root = h("section", { class: "detail", "aria-label": "Chosen pair" }, this.detail.body, this.compare.body);
    new ResizeObserver(() => this.#fitCharts()).observe(this.root);
  }

  get isComparison() {
    return !this.compare.body.hidden;
  }

  /** The part of the URL that restores this pane. */
  get urlState() {
    return { ...formatSettings(this.#settings), ...(this.isComparison ? this.compare.urlState : this.detail.urlState) };
  }

  /**
   * Shows the chosen rows: one as itself, several pairs as a comparison.
   * @param {readonly RowItem[]} items
   * @param {Overview} overview
   */
  show(items, overview) {
    const pairs = items.flatMap((item) => (item.kind === "pair" ? [item.pair] : []));
    this.#choose(pairs.length > 1);
    if (this.isComparison) void this.compare.show(pairs);
    else void this.detail.show(items.find(({ kind }) => kind === "pair") ?? items[0] ?? null, overview);
  }

  /**
   * Shows two tags that are tried as a pair.
   * @param {Trial} trial
   * @param {Overview} overview
   */
  showTrial(trial, overview) {
    const id = `trial/${formatTrial(trial)}`;
    const { version } = overview;
    // The item stays the same object until the log has changed.
    if (this.#trialItem?.item.id !== id || this.#trialItem.version !== version) {
      this.#trialItem = { version, item: { kind: "trial", id, trial, row: { id, run: trial.val.run, name: trial.val.tag } } };
    }
    this.#choose(false);
    void this.detail.show(this.#trialItem.item, overview);
  }

  /** Draws the charts in the current colours of the page. */
  repaint() {
    this.detail.repaint();
    this.compare.repaint();
  }

  /** @param {boolean} isFullSize */
  setFullSize(isFullSize) {
    this.detail.setFullSize(isFullSize);
    this.compare.setFullSize(isFullSize);
  }

  /** @param {boolean} isComparison */
  #choose(isComparison) {
    this.compare.body.hidden = !isComparison;
    this.detail.body.hidden = isComparison;
  }

  /** @param {Settings} settings - changed in the visible view */
  #setSettings(settings) {
    this.#settings = settings;
    (this.isComparison ? this.detail : this.compare).setSettings(settings);
    this.onViewChange();
  }

  #fitCharts() {
    const height = this.root.clientHeight;
    if (!height) return;
    const heights = chartHeights(height);
    this.detail.setHeights(heights);
    this.compare.setHeights(heights);
  }
}
