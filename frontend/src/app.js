// The page: holds what the server answered and what the user chose, and passes both to the parts that show it.

import { UnpairedTags } from "./detail/unpaired.js";
import { fill, h } from "./dom.js";
import { visibleName } from "./format.js";
import { isShown, readRunFilter, readUrlState, writeUrlState } from "./host.js";
import { noMatches } from "./overview/no_matches.js";
import { listRows } from "./overview/rows.js";
import { Summary } from "./overview/summary.js";
import { OverviewTable } from "./overview/table.js";
import { noAnswerPlaceholder, placeholderFor, showPlaceholder } from "./placeholders.js";
import { Refresher } from "./refresh.js";
import { refreshRelativeTimes } from "./relative_time.js";
import { RightPane } from "./right_pane.js";
import { Selection } from "./selection.js";
import { splitter } from "./splitter.js";
import { OverviewStore } from "./store.js";
import { showToast } from "./toast.js";
import { TopBar } from "./top_bar.js";
import { formatTrial, formatUrlState, parseTrial, parseUrlState } from "./url_state.js";
import { verdictNames } from "./verdicts.js";

/**
 * @typedef {import("./types.js").Overview} Overview
 * @typedef {import("./overview/rows.js").Item} Item
 * @typedef {import("./overview/rows.js").Query} Query
 */

/** Pause, in milliseconds, before a pair is fetched: an arrow key held down runs through many. */
const SELECT_PAUSE = 60;
/** Pause, in milliseconds, before the URL is updated: browsers limit how often a page may do that. */
const URL_PAUSE = 250;
/** How long, in milliseconds, the page reports that a shown pair was removed: the user may be looking elsewhere. */
const REMOVED_TOAST_DURATION = 10_000;
/** How often, in milliseconds, times such as "5 s ago" are updated. */
const CLOCK_INTERVAL = 5000;

export class App {
  /** @type {readonly Item[]} as listed */
  #items = [];
  /** @type {ReadonlyMap<string, import("./overview/rows.js").PairItem | import("./overview/rows.js").TrainOnlyItem>} rows by id, in the order of the list */
  #rows = new Map();
  /** @type {Query} */
  #query;
  #selection;
  /** @type {import("./api.js").Trial | null} two tags tried as a pair, shown in place of the chosen rows */
  #trial;
  /** @type {Set<string>} headings of groups whose rows are hidden */
  #collapsed = new Set();
  #isFullSize;
  #selectTimer = 0;
  #urlTimer = 0;
  /** Whether the first rows have been marked for performance measurements. */
  #marked = false;

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    const start = readUrlState();
    const { query, selected } = parseUrlState(start);
    this.#query = { ...query, runFilter: readRunFilter() };
    this.#selection = new Selection(selected);
    this.#isFullSize = start["full"] === "1";
    this.#trial = parseTrial(start["trial"]);
    this.store = new OverviewStore(api, () => this.table.refresh());
    this.refresher = new Refresher(this.store, { onRead: (changed) => this.#onRead(changed), onLost: (message) => this.#onLost(message) });
    this.topBar = new TopBar(query.pattern, {
      onQuery: (change) => this.#setQuery(change),
      onRefresh: () => this.refresher.refresh(),
      onInterval: (seconds) => {
        this.refresher.interval = seconds;
        this.#renderStatus();
      },
    });
    this.notice = h("div", { class: "notice", role: "alert", hidden: true });
    this.progress = h("div", { class: "reading", "aria-hidden": "true", hidden: true });
    this.table = new OverviewTable({
      onSelect: (id, how) => this.#select(id, how),
      onSort: (sort) => this.#setQuery({ sort }),
      onCollapse: (id) => this.#collapse(id),
      sparkOf: (pair) => this.store.spark(pair),
      onVisibleRows: (pairs) => void this.store.loadSparks(pairs),
    });
    this.summary = new Summary({
      onTab: (key) => this.#openTab(key),
      onGroup: (group) => this.#setQuery({ group }),
      listed: () => [...this.#rows.values()],
    });
    this.noMatches = h("div", { class: "no-matches-area" });
    this.right = new RightPane(api, start, selected.length > 1, {
      onUnreachable: () => this.refresher.refresh(),
      onFullSize: () => this.#setFullSize(!this.#isFullSize),
      onViewChange: () => this.#writeUrl(),
      onTry: (trial) => this.#try(trial),
      onOpen: (id) => this.#select(id, "only"),
    });
    this.unpaired = new UnpairedTags(api, (trial) => this.#try(trial));
    const list = h("section", { class: "overview", "aria-label": "All pairs" }, this.table.root, this.noMatches, this.summary.root);
    this.panes = h("main", { class: "panes" }, list, splitter(list), this.right.root);
    this.placeholder = h("main", { class: "placeholder-area" });
    this.root = h("div", { class: "app" }, this.topBar.root, this.progress, this.notice, this.panes, this.placeholder);
    this.#showOnly(this.placeholder);
    document.addEventListener("keydown", (event) => this.#onKey(event));
    setInterval(() => this.#tick(), CLOCK_INTERVAL);
    if (this.#isFullSize) this.#setFullSize(true);
  }

  /** Draws the charts in the current colours of the page. */
  repaint() {
    this.right.repaint();
  }

  #tick() {
    if (!isShown()) return;
    this.refresher.refreshIfDue();
    this.#renderStatus();
    refreshRelativeTimes(this.root);
  }

  /** @param {boolean} changed - since the last reading */
  #onRead(changed) {
    this.notice.hidden = true;
    if (changed || readRunFilter() !== this.#query.runFilter) this.#render();
    else this.#renderStatus();
  }

  /** @param {string} message */
  #onLost(message) {
    if (!this.store.overview) {
      showPlaceholder(this.placeholder, noAnswerPlaceholder(message));
      return;
    }
    fill(
      this.notice,
      h("span", {}, message, " What you see is from before; trying again automatically."),
      h("button", { class: "button", type: "button", onclick: () => this.refresher.refresh() }, "Try now"),
    );
    this.notice.hidden = false;
    this.#renderStatus();
  }

  /** @param {HTMLElement} part - the panes, or a state in their place */
  #showOnly(part) {
    this.panes.hidden = part !== this.panes;
    this.placeholder.hidden = part !== this.placeholder;
    if (part === this.placeholder) this.topBar.hideQuery();
  }

  #render() {
    const overview = /** @type {Overview} */ (this.store.overview);
    const verdicts = new Set(verdictNames().filter((name) => this.#query.verdicts.has(name)));
    this.#query = { ...this.#query, verdicts, runFilter: readRunFilter() };
    const placeholder = this.#trial ? null : placeholderFor(overview, this.unpaired);
    if (placeholder) {
      showPlaceholder(this.placeholder, placeholder);
      this.#showOnly(this.placeholder);
    } else {
      this.#showOnly(this.panes);
      const active = this.#rows.get(this.#selection.active ?? "");
      this.#renderTable();
      if (active && this.#selection.active !== active.id) this.#onGone(active, overview);
      if (!this.#marked) performance.mark("losshealth-rows");
      this.#marked = true;
      this.summary.show(overview, this.#query);
      this.#renderDetail();
    }
    this.#renderProgress(overview);
    this.#renderStatus();
  }

  #renderTable() {
    const overview = /** @type {Overview} */ (this.store.overview);
    const listing = listRows(overview.pairs, overview.train_only, this.#query, this.#collapsed);
    this.#items = listing.items;
    this.#rows = new Map(listing.rows.map((item) => [item.id, item]));
    this.#selection.keepListed(listing.rows, overview.next !== null || overview.state === "loading");
    this.table.update(listing.items, this.#query.sort);
    this.#markChosen();
    const { patternError, items } = listing;
    fill(this.noMatches, items.length === 0 && noMatches(patternError, this.#query.runFilter, () => this.#clearFilters()));
    this.topBar.showQuery(this.#query, overview.counts, listing);
  }

  /**
   * Reports that the row chosen last is gone from the log; another row takes its place.
   * @param {import("./overview/rows.js").PairItem | import("./overview/rows.js").TrainOnlyItem} item
   * @param {Overview} overview
   */
  #onGone(item, { pairs, train_only, next, state }) {
    const { run, name } = item.kind === "pair" ? item.pair : item.row;
    const mayBeLogged = next !== null || state === "loading" || [...pairs, ...train_only].some((row) => row.run === run && row.name === name);
    if (!mayBeLogged) showToast(`${visibleName(run)} \u00b7 ${visibleName(name)} is no longer in the log`, REMOVED_TOAST_DURATION);
    this.#writeUrl();
  }

  #clearFilters() {
    this.topBar.filter.value = "";
    this.#setQuery({ pattern: "", verdicts: new Set() });
    this.topBar.filter.focus();
  }

  /** Marks the chosen rows; none while tags are tried as a pair. */
  #markChosen() {
    this.table.select(this.#trial ? new Set() : this.#selection.ids, this.#selection.active);
  }

  /** @param {import("./api.js").Trial | null} trial */
  #try(trial) {
    this.#trial = trial;
    this.#render();
    this.right.root.scrollTop = 0;
    this.#writeUrl();
  }

  /** @param {Overview} overview */
  #renderProgress({ state, progress }) {
    this.progress.hidden = state !== "loading";
    const part = progress?.bytes ? progress.bytes_done / progress.bytes : 0;
    this.progress.style.backgroundSize = `${100 * part}% 100%`;
  }

  #renderStatus() {
    this.topBar.showStatus(this.store.overview, this.refresher);
  }

  /**
   * @param {string} id
   * @param {import("./selection.js").SelectHow} how
   */
  #select(id, how) {
    this.#trial = null;
    this.#selection.choose(id, how, this.#items);
    this.table.select(this.#selection.ids, id, { reveal: true });
    clearTimeout(this.#selectTimer);
    this.#selectTimer = window.setTimeout(() => this.#renderDetail(), SELECT_PAUSE);
    this.#writeUrl();
  }

  /**
   * Shows a tab of the detail view; ends a comparison and the full size, which have no tabs.
   * @param {string} key
   */
  #openTab(key) {
    if (this.#isFullSize) this.#setFullSize(false);
    if (this.right.isComparison && this.#selection.active) this.#select(this.#selection.active, "only");
    this.right.detail.openTab(key);
  }

  #renderDetail() {
    const overview = /** @type {Overview} */ (this.store.overview);
    if (this.#trial) this.right.showTrial(this.#trial, overview);
    else this.right.show([...this.#selection.ids].flatMap((id) => this.#rows.get(id) ?? []), overview);
  }

  /** @param {Partial<Query>} change */
  #setQuery(change) {
    this.#query = { ...this.#query, ...change };
    this.#renderTable();
    this.summary.show(/** @type {Overview} */ (this.store.overview), this.#query);
    this.#renderDetail();
    this.#writeUrl();
  }

  /** @param {string} id - of a heading */
  #collapse(id) {
    if (!this.#collapsed.delete(id)) this.#collapsed.add(id);
    this.#renderTable();
    this.#renderDetail();
  }

  /** @param {boolean} isFullSize */
  #setFullSize(isFullSize) {
    this.#isFullSize = isFullSize;
    this.panes.classList.toggle("full-size", isFullSize);
    this.right.setFullSize(isFullSize);
    this.#writeUrl();
  }

  #writeUrl() {
    clearTimeout(this.#urlTimer);
    this.#urlTimer = window.setTimeout(() => writeUrlState(this.#urlState), URL_PAUSE);
  }

  /** The part of the URL that restores this page. */
  get #urlState() {
    return {
      ...formatUrlState(this.#query, this.#selection.ids),
      trial: formatTrial(this.#trial),
      full: this.#isFullSize ? "1" : "",
      ...this.right.urlState,
    };
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "f") this.#setFullSize(!this.#isFullSize);
    else if (event.key === "/") {
      event.preventDefault();
      this.topBar.filter.focus();
    }
  }
}
