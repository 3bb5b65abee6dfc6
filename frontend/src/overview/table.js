// The table of all pairs. Only the rows in sight exist as elements, so that ten thousand cost what thirty do.

import { fill, h } from "../dom.js";
import { verdictIcon } from "../verdicts.js";
import { headingCells, pairCells, trainOnlyCells } from "./cells.js";
import { FIRST_DIRECTION, neighbour } from "./rows.js";

/** Height of a row in pixels; style/overview.css has the same number. */
const ROW_HEIGHT = 46;
/** Rows kept ready above and below those in sight. */
const OVERSCAN = 6;

/**
 * @typedef {import("./rows.js").Item} Item
 * @typedef {import("./rows.js").Sort} Sort
 * @typedef {import("./rows.js").SortKey} SortKey
 */

/** @type {{ className: string, buttons: [SortKey, string][] }[]} */
const COLUMNS = [
  { className: "name", buttons: [["severity", "Verdict"], ["run", "Run"], ["name", "Loss"]] },
  { className: "curves", buttons: [] },
  { className: "number onset", buttons: [["onset", "Onset"]] },
  { className: "number best", buttons: [["best", "Best"]] },
  { className: "number gap", buttons: [["gap", "Gap now"]] },
];

export class OverviewTable {
  /** @type {readonly Item[]} */
  #items = [];
  /** @type {string | null} */
  #selected = null;
  /** @type {Map<string, HTMLElement>} rows that exist, by position and id */
  #rendered = new Map();

  /**
   * @param {{ onSelect: (id: string) => void, onSort: (sort: Sort) => void }} events
   */
  constructor({ onSelect, onSort }) {
    this.header = h("div", { class: "row header", role: "row", "aria-rowindex": 1 });
    this.onSort = onSort;
    this.onSelect = onSelect;
    this.canvas = h("div", { class: "rows", role: "rowgroup" });
    this.scroller = h(
      "div",
      {
        class: "scroller",
        role: "presentation",
        onscroll: () => this.#renderRows(),
        onclick: (event) => this.#onClick(event),
      },
      this.canvas,
    );
    this.root = h(
      "div",
      {
        class: "table",
        role: "grid",
        "aria-label": "Pairs of train and validation loss",
        tabindex: 0,
        onkeydown: /** @param {Event} event */ (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)),
      },
      h("div", { role: "rowgroup" }, this.header),
      this.scroller,
    );
    new ResizeObserver(() => this.#renderRows()).observe(this.scroller);
  }

  /**
   * @param {readonly Item[]} items
   * @param {Sort} sort
   */
  update(items, sort) {
    this.#items = items;
    this.#renderHeader(sort);
    this.root.setAttribute("aria-rowcount", String(items.length + 1));
    this.canvas.style.height = `${items.length * ROW_HEIGHT}px`;
    this.#rendered.clear();
    this.canvas.replaceChildren();
    this.#renderRows();
  }

  /**
   * @param {string | null} id
   * @param {{ reveal?: boolean }} [options]
   */
  select(id, { reveal = false } = {}) {
    this.#selected = id;
    for (const row of this.#rendered.values()) this.#markSelected(row);
    const index = this.#items.findIndex((item) => item.id === id);
    if (reveal && index >= 0) this.#scrollTo(index);
    if (index < 0) this.root.removeAttribute("aria-activedescendant");
    else this.root.setAttribute("aria-activedescendant", `row-${id}`);
  }

  /** @param {number} index */
  #scrollTo(index) {
    const { scrollTop, clientHeight } = this.scroller;
    const top = index * ROW_HEIGHT;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.scroller.scrollTop = top + ROW_HEIGHT - clientHeight;
    this.#renderRows();
  }

  /** @param {Sort} sort */
  #renderHeader(sort) {
    const focused = document.activeElement?.getAttribute("data-sort");
    const cells = COLUMNS.map(({ className, buttons }) => {
      const sorted = buttons.some(([key]) => key === sort.key);
      const direction = (sort.key === "severity") !== sort.descending ? "descending" : "ascending";
      return h(
        "div",
        { class: `cell ${className}`, role: "columnheader", "aria-sort": sorted ? direction : undefined },
        ...(buttons.length ? buttons.map(([key, label]) => this.#sortButton(key, label, sort)) : ["Curves"]),
      );
    });
    fill(this.header, ...cells);
    if (focused) /** @type {HTMLElement | null} */ (this.header.querySelector(`[data-sort="${focused}"]`))?.focus();
  }

  /**
   * @param {SortKey} key
   * @param {string} label
   * @param {Sort} sort
   */
  #sortButton(key, label, sort) {
    const active = sort.key === key;
    const descending = active ? !sort.descending : FIRST_DIRECTION[key];
    const hint = key === "severity" ? (descending ? "worst first" : "best first") : descending ? "descending" : "ascending";
    return h(
      "button",
      {
        class: active ? "sort active" : "sort",
        type: "button",
        "data-sort": key,
        title: `Sort by ${label.toLowerCase()}, ${hint}`,
        onclick: () => this.onSort({ key, descending }),
      },
      label,
      active && h("span", { class: "arrow", "aria-hidden": "true" }, sort.descending ? "\u25be" : "\u25b4"),
    );
  }

  #renderRows() {
    // The header stands beside the scroll bar, not above it.
    this.header.style.paddingRight = `${this.scroller.offsetWidth - this.scroller.clientWidth}px`;
    const { scrollTop, clientHeight } = this.scroller;
    const from = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - OVERSCAN);
    const to = Math.min(this.#items.length, Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + OVERSCAN);
    const wanted = new Set();
    for (let index = from; index < to; index++) {
      const item = /** @type {Item} */ (this.#items[index]);
      const key = `${index}/${item.id}`;
      wanted.add(key);
      if (this.#rendered.has(key)) continue;
      const row = this.#row(item, index);
      this.#rendered.set(key, row);
      this.canvas.append(row);
    }
    for (const [key, row] of this.#rendered) {
      if (wanted.has(key)) continue;
      row.remove();
      this.#rendered.delete(key);
    }
  }

  /**
   * @param {Item} item
   * @param {number} index
   */
  #row(item, index) {
    const cells =
      item.kind === "pair"
        ? pairCells(item.pair)
        : item.kind === "train_only"
          ? trainOnlyCells(item.row)
          : headingCells(item.text);
    const verdict = item.kind === "pair" ? item.pair.verdict : item.kind === "train_only" ? item.row.verdict : null;
    const row = h(
      "div",
      {
        class: `row ${item.kind}`,
        role: "row",
        id: `row-${item.id}`,
        "data-id": item.kind === "heading" ? null : item.id,
        "data-verdict": verdict,
        "aria-rowindex": index + 2,
      },
      ...cells,
    );
    row.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    this.#markSelected(row);
    return row;
  }

  /** @param {HTMLElement} row */
  #markSelected(row) {
    if (row.dataset["id"]) row.setAttribute("aria-selected", String(row.dataset["id"] === this.#selected));
  }

  /** @param {Event} event */
  #onClick(event) {
    const row = /** @type {Element} */ (event.target).closest("[data-id]");
    const id = row?.getAttribute("data-id");
    if (id) this.onSelect(id);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.target !== this.root || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const id = neighbour(this.#items, this.#selected, by);
    if (id && id !== this.#selected) this.onSelect(id);
  }
}

/**
 * The verdicts as buttons with their counts: pressed ones alone are shown, none pressed means all.
 * @param {{ name: string, label: string, count: number, meaning: string }[]} verdicts
 * @param {ReadonlySet<string>} pressed
 * @param {(verdicts: Set<string>) => void} onChange
 */
export function verdictChips(verdicts, pressed, onChange) {
  return verdicts.map(({ name, label, count, meaning }) =>
    h(
      "button",
      {
        class: "chip",
        type: "button",
        "data-verdict": name,
        "aria-pressed": String(pressed.has(name)),
        title: meaning,
        onclick: () => {
          const next = new Set(pressed);
          if (!next.delete(name)) next.add(name);
          onChange(next);
        },
      },
      verdictIcon(name),
      h("span", { class: "chip-label" }, label),
      h("b", {}, String(count)),
    ),
  );
}
