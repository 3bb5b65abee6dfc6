// The page: keeps what was read from the server and what a person has chosen, and hands both to the parts that show it.

import { ApiError } from "./api.js";
import { Bar } from "./bar.js";
import { CompareView } from "./compare/view.js";
import { problemsPanel } from "./detail/panels.js";
import { UnpairedTags } from "./detail/unpaired.js";
import { DetailView } from "./detail/view.js";
import { fill, h } from "./dom.js";
import { isShown, readRunFilter, readView, writeView } from "./host.js";
import { idsBetween, listRows } from "./overview/rows.js";
import { Summary } from "./overview/summary.js";
import { OverviewTable } from "./overview/table.js";
import { parseSettings, settingsView } from "./settings.js";
import * as states from "./states.js";
import { OverviewStore } from "./store.js";
import { formatTrial, formatView, parseTrial, parseView, parseZoom } from "./view.js";

/**
 * @typedef {import("./types.js").Overview} Overview
 * @typedef {import("./overview/rows.js").Item} Item
 * @typedef {import("./overview/rows.js").Query} Query
 * @typedef {import("./settings.js").Settings} Settings
 */

/** Pause between two looks at the progress of the first reading, in milliseconds. */
const PROGRESS_PAUSE = 600;
/** Pauses before asking a lost server again, in milliseconds; the last one repeats. */
const RETRY_PAUSES = [1000, 2000, 4000, 8000, 15000];
/** Pause before a pair is fetched while a person runs through the list with an arrow key held down. */
const SELECT_PAUSE = 60;
/** Pause before the URL takes the view: browsers limit how often that may be. */
const URL_PAUSE = 250;
/** How often words like "5 s ago" are written anew, in milliseconds. */
const CLOCK = 5000;
const INTERVAL_KEY = "losshealth.refresh";

export class App {
  /** @type {readonly Item[]} */
  #items = [];
  /** @type {Query} */
  #query;
  /** @type {Set<string>} in the order of choice */
  #selected;
  /** @type {string | null} the row chosen last */
  #active = null;
  /** @type {string | null} where a range of rows begins */
  #anchor = null;
  /** @type {import("./types.js").Trial | null} two tags tried as a pair, in place of those chosen */
  #trial;
  /** @type {{ version: number, item: import("./detail/view.js").TrialItem } | null} */
  #trialItem = null;
  /** @type {Settings} */
  #settings;
  #isFullSize = false;
  #interval = readInterval();
  #failures = 0;
  #timer = 0;
  #selectTimer = 0;
  #urlTimer = 0;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #again = false;
  #missed = false;
  /** Whether the first rows have been marked for whoever measures. */
  #marked = false;

  constructor() {
    const start = readView();
    const { query, selected } = parseView(start);
    this.#query = { ...query, runFilter: readRunFilter() };
    this.#selected = new Set(selected);
    this.#active = selected.at(-1) ?? null;
    this.#settings = parseSettings(start);
    this.#trial = parseTrial(start["trial"]);
    this.store = new OverviewStore(() => this.table.refresh());
    this.bar = new Bar(query.pattern, {
      onQuery: (change) => this.#setQuery(change),
      onRefresh: () => this.refresh(),
      onInterval: (seconds) => this.#setInterval(seconds),
    });
    this.notice = h("div", { class: "notice", role: "alert", hidden: true });
    this.progress = h("div", { class: "reading", "aria-hidden": "true", hidden: true });
    this.table = new OverviewTable({
      onSelect: (id, how) => this.#select(id, how),
      onSort: (sort) => this.#setQuery({ sort }),
      sparkOf: (pair) => this.store.spark(pair),
      onInSight: (pairs) => void this.store.wantSparks(pairs),
    });
    this.summary = new Summary({
      onTab: (key) => this.detail.openTab(key),
      onGroup: (group) => this.#setQuery({ group }),
      listed: () => this.#items,
    });
    this.nothingFound = h("p", { class: "nothing-found quiet", hidden: true }, "No pair matches these filters.");
    const onSettings = (/** @type {Settings} */ settings) => this.#setSettings(settings);
    const onFullSize = () => this.#setFullSize(!this.#isFullSize);
    this.detail = new DetailView(
      { settings: this.#settings, zoom: parseZoom(start["zoom"]), tab: start["tab"] ?? "why" },
      { onUnreachable: () => this.refresh(), onViewChange: () => this.#writeUrl(), onSettings, onFullSize, onTry: (trial) => this.#try(trial) },
    );
    this.unpaired = new UnpairedTags((trial) => this.#try(trial));
    this.compare = new CompareView(this.#settings, { onSettings, onFullSize, onOpen: (id) => this.#select(id, "only") });
    this.compare.body.hidden = true;
    this.right = h("section", { class: "detail", "aria-label": "Chosen pair" }, this.detail.body, this.compare.body);
    this.panes = h(
      "main",
      { class: "panes" },
      h("section", { class: "overview", "aria-label": "All pairs" }, this.table.root, this.nothingFound, this.summary.root),
      this.right,
    );
    this.state = h("main", { class: "state-place" });
    this.root = h("div", { class: "app" }, this.bar.root, this.progress, this.notice, this.panes, this.state);
    this.#showOnly(this.state);
    new ResizeObserver(() => this.#fitCharts()).observe(this.right);
    addEventListener("resize", () => this.#catchUp());
    document.addEventListener("visibilitychange", () => this.#catchUp());
    document.addEventListener("keydown", (event) => this.#onKey(event));
    setInterval(() => this.#tick(), CLOCK);
  }

  /** Asks the server for what is new. Calls while it is asked already become one further call. */
  refresh() {
    if (!isShown()) {
      this.#missed = true;
      return;
    }
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#refreshing = this.#refreshOnce().finally(() => {
      this.#refreshing = null;
      if (!this.#again) return;
      this.#again = false;
      this.refresh();
    });
  }

  /** Draws in the colours that the page has now. */
  repaint() {
    this.detail.repaint();
    this.compare.repaint();
  }

  #catchUp() {
    if (!this.#missed || !isShown()) return;
    this.#missed = false;
    this.refresh();
  }

  #tick() {
    if (!isShown()) return;
    const due = this.#interval && Date.now() / 1000 - (this.store.overview?.read_at ?? 0) >= this.#interval - 1;
    if (due && !this.#failures) this.refresh();
    this.#renderStatus();
  }

  async #refreshOnce() {
    try {
      const wasLost = this.#failures > 0;
      await this.store.refresh((changed) => {
        this.#failures = 0;
        this.notice.hidden = true;
        const runFilter = readRunFilter();
        if (changed || wasLost || runFilter !== this.#query.runFilter) this.#render();
        else this.#renderStatus();
      });
      if (this.store.overview?.state === "loading") this.#timer = window.setTimeout(() => this.refresh(), PROGRESS_PAUSE);
    } catch (error) {
      this.#onFailure(error instanceof ApiError ? error : new ApiError("refused", String(error)));
    }
  }

  /** @param {ApiError} failure */
  #onFailure(failure) {
    const pause = RETRY_PAUSES[Math.min(this.#failures, RETRY_PAUSES.length - 1)];
    this.#failures++;
    this.#timer = window.setTimeout(() => this.refresh(), pause);
    if (!this.store.overview) {
      states.showState(this.state, states.firstFailureState(failure.message));
      return;
    }
    fill(
      this.notice,
      h("span", {}, failure.message, " What you see is from before; trying again by itself."),
      h("button", { class: "button", type: "button", onclick: () => this.refresh() }, "Try now"),
    );
    this.notice.hidden = false;
    this.#renderStatus();
  }

  /** @param {HTMLElement} part - the panes, or a state in their place */
  #showOnly(part) {
    this.panes.hidden = part !== this.panes;
    this.state.hidden = part !== this.state;
    if (part === this.state) this.bar.hideQuery();
  }

  #render() {
    const overview = /** @type {Overview} */ (this.store.overview);
    this.#query = { ...this.#query, runFilter: readRunFilter() };
    const state = this.#stateInstead(overview);
    if (state) {
      states.showState(this.state, state);
      this.#showOnly(this.state);
    } else {
      this.#showOnly(this.panes);
      this.#renderTable();
      if (!this.#marked) performance.mark("losshealth-rows");
      this.#marked = true;
      this.summary.show(overview, this.#query);
      this.#renderDetail();
    }
    this.#renderProgress(overview);
    this.#renderStatus();
  }

  /**
   * What to show in place of table and charts, if there is nothing to put into them.
   * @param {Overview} overview
   */
  #stateInstead(overview) {
    if (overview.pairs.length || overview.train_only.length || this.#trial) return null;
    if (overview.state === "loading") return states.loadingState(overview);
    if (overview.state === "no_logdir") return states.noLogdirState();
    const problems = overview.problems.total > 0 && h("div", { class: "state-part" }, ...problemsPanel(overview.problems));
    if (overview.state === "unreadable") return states.unreadableState(overview, problems);
    this.unpaired.show(overview.unpaired);
    const unpaired = overview.unpaired.total > 0 && h("div", { class: "state-part" }, this.unpaired.root);
    return states.emptyState(overview, unpaired, problems);
  }

  #renderTable() {
    const overview = /** @type {Overview} */ (this.store.overview);
    const listing = listRows(overview.pairs, overview.train_only, this.#query);
    this.#items = listing.items;
    this.#dropVanished(overview);
    this.table.update(listing.items, this.#query.sort);
    this.#markChosen();
    this.nothingFound.hidden = listing.items.length > 0;
    this.bar.showQuery(this.#query, overview.counts, listing);
  }

  /** While tags are tried as a pair, no row is the one that is shown. */
  #markChosen() {
    this.table.select(this.#trial ? new Set() : this.#selected, this.#active);
  }

  /** @param {import("./types.js").Trial | null} trial */
  #try(trial) {
    this.#trial = trial;
    this.#render();
    this.right.scrollTop = 0;
    this.#writeUrl();
  }

  /**
   * Rows that are listed no more are chosen no more; with none left it is the first. A page that is still on its way may
   * hold the row that a link asks for.
   * @param {Overview} overview
   */
  #dropVanished(overview) {
    const listed = new Set(this.#items.flatMap((item) => (item.kind === "heading" ? [] : [item.id])));
    const kept = [...this.#selected].filter((id) => listed.has(id));
    if (!kept.length && this.#selected.size && (overview.next || overview.state === "loading")) return;
    if (!kept.length && listed.size) kept.push(/** @type {string} */ ([...listed][0]));
    this.#selected = new Set(kept);
    if (!this.#active || !listed.has(this.#active)) this.#active = kept.at(-1) ?? null;
  }

  /** @param {Overview} overview */
  #renderProgress({ state, progress }) {
    this.progress.hidden = state !== "loading";
    const part = progress?.bytes ? progress.bytes_done / progress.bytes : 0;
    this.progress.style.backgroundSize = `${100 * part}% 100%`;
  }

  #renderStatus() {
    this.bar.showStatus(this.store.overview, { isLost: this.#failures > 0, interval: this.#interval });
  }

  /** @param {string} id */
  #item(id) {
    return this.#items.find((item) => item.id === id && item.kind !== "heading");
  }

  /**
   * @param {string} id
   * @param {import("./overview/table.js").SelectHow} how
   */
  #select(id, how) {
    this.#trial = null;
    if (how === "toggle") {
      if (!this.#selected.delete(id) || !this.#selected.size) this.#selected.add(id);
      this.#selected = new Set(this.#selected);
    } else {
      const from = how === "range" ? (this.#anchor ?? this.#active ?? id) : id;
      this.#selected = new Set(idsBetween(this.#items, from, id));
    }
    if (how !== "range") this.#anchor = id;
    this.#active = id;
    this.table.select(this.#selected, id, { reveal: true });
    clearTimeout(this.#selectTimer);
    this.#selectTimer = window.setTimeout(() => this.#renderDetail(), SELECT_PAUSE);
    this.#writeUrl();
  }

  #renderDetail() {
    const overview = /** @type {Overview} */ (this.store.overview);
    if (this.#trial) {
      this.compare.body.hidden = true;
      this.detail.body.hidden = false;
      void this.detail.show(this.#chosenTrial(this.#trial, overview.version), overview);
      return;
    }
    const items = [...this.#selected].map((id) => this.#item(id));
    const pairs = items.flatMap((item) => (item?.kind === "pair" ? [item.pair] : []));
    const isComparison = pairs.length > 1;
    this.compare.body.hidden = !isComparison;
    this.detail.body.hidden = isComparison;
    if (isComparison) {
      void this.compare.show(pairs, overview.version);
    } else {
      const [item] = pairs.length ? items.filter((one) => one?.kind === "pair") : items;
      void this.detail.show(/** @type {import("./detail/view.js").Chosen | undefined} */ (item) ?? null, overview);
    }
  }

  /**
   * The same item until the log has changed.
   * @param {import("./types.js").Trial} trial
   * @param {number} version
   */
  #chosenTrial(trial, version) {
    const id = `trial/${formatTrial(trial)}`;
    if (this.#trialItem?.item.id !== id || this.#trialItem.version !== version) {
      this.#trialItem = { version, item: { kind: "trial", id, trial, row: { id, run: trial.val.run, name: trial.val.tag } } };
    }
    return this.#trialItem.item;
  }

  /** @param {Partial<Query>} change */
  #setQuery(change) {
    this.#query = { ...this.#query, ...change };
    this.#renderTable();
    this.summary.show(/** @type {Overview} */ (this.store.overview), this.#query);
    this.#renderDetail();
    this.#writeUrl();
  }

  /** @param {Settings} settings */
  #setSettings(settings) {
    this.#settings = settings;
    const hidden = this.compare.body.hidden ? this.compare : this.detail;
    hidden.setSettings(settings);
    this.#writeUrl();
  }

  /** @param {boolean} isFullSize */
  #setFullSize(isFullSize) {
    this.#isFullSize = isFullSize;
    this.panes.classList.toggle("full-size", isFullSize);
    this.detail.setFullSize(isFullSize);
    this.compare.setFullSize(isFullSize);
  }

  /** @param {number} seconds */
  #setInterval(seconds) {
    this.#interval = seconds;
    try {
      localStorage.setItem(INTERVAL_KEY, String(seconds));
    } catch {
      // It holds for this visit then.
    }
    this.refresh();
    this.#renderStatus();
  }

  #writeUrl() {
    clearTimeout(this.#urlTimer);
    this.#urlTimer = window.setTimeout(() => {
      writeView({ ...formatView(this.#query, this.#selected), trial: formatTrial(this.#trial), ...settingsView(this.#settings), ...this.detail.view });
    }, URL_PAUSE);
  }

  /** Fits both charts' heights to the room there is, so that the answer and its proof are seen without scrolling. */
  #fitCharts() {
    const room = this.right.clientHeight;
    if (!room) return;
    const free = Math.max(room - 310, 310);
    const gap = Math.round(Math.min(260, Math.max(110, free * 0.31)));
    const loss = Math.round(Math.min(720, Math.max(200, free - gap)));
    this.detail.setHeights([loss, gap]);
    this.compare.setHeights([loss, gap]);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "f") this.#setFullSize(!this.#isFullSize);
    else if (event.key === "/") {
      event.preventDefault();
      this.bar.filter.focus();
    }
  }
}

/** The interval that a person chose on an earlier visit. */
function readInterval() {
  try {
    return Number(localStorage.getItem(INTERVAL_KEY)) || 0;
  } catch {
    return 0;
  }
}
