// The table of all pairs. Only the visible rows exist as elements, so that ten thousand cost what thirty do.

import { fill, h } from "../dom.js";
import { aloneKey } from "../verdicts.js";
import { headingCells, pairCells, trainOnlyCells } from "./cells.js";
import { FIRST_DIRECTION, neighbour } from "./rows.js";

/** Height of a row in pixels; style/overview.css has the same number. */
const ROW_HEIGHT = 46;
/** Rows kept ready above and below those visible. */
const OVERSCAN = 6;

/**
 * @typedef {import("./rows.js").Item} Item
 * @typedef {import("./rows.js").Sort} Sort
 * @typedef {import("./rows.js").SortKey} SortKey
 * @typedef {import("../types.js").PairRow} PairRow
 * @typedef {import("../selection.js").SelectHow} SelectHow
 */

/** @type {{ className: string, buttons: [SortKey, string][] }[]} */
const COLUMNS = [
  { className: "name", buttons: [["severity", "Verdict"], ["run", "Run"], ["name", "Loss"], ["updated", "Newest"]] },
  { className: "curves", buttons: [] },
  { className: "number onset", buttons: [["onset", "Onset"]] },
  { className: "number best", buttons: [["best", "Best"]] },
  { className: "number gap", buttons: [["gap", "Gap now"]] },
  { className: "number updated", buttons: [["updated", "Updated"]] },
];

export class OverviewTable {
  /** @type {readonly Item[]} */
  #items = [];
  /** @type {ReadonlySet<string>} */
  #selected = new Set();
  /** @type {string | null} the row that keys move from */
  #active = null;
  /** @type {Map<string, HTMLElement>} rows that exist, by position and id */
  #rendered = new Map();

  /**
   * @param {{ onSelect: (id: string, how: SelectHow) => void, onSort: (sort: Sort) => void, onCollapse: (id: string) => void,
   *   sparkOf: (pair: PairRow) => PairRow["spark"] | null, onVisibleRows: (pairs: PairRow[]) => void }} events
   */
  constructor({ onSelect, onSort, onCollapse, sparkOf, onVisibleRows }) {
    this.sparkOf = sparkOf;
    this.onVisibleRows = onVisibleRows;
    this.header = h("div", { class: "row header", role: "row", "aria-rowindex": 1 });
    this.head = h("div", { class: "table-head", role: "rowgroup" }, this.header);
    this.onSort = onSort;
    this.onCollapse = onCollapse;
    this.onSelect = onSelect;
    this.canvas = h("div", { class: "rows", role: "rowgroup" });
    const body = h(
      "div",
      {
        class: "body",
        role: "presentation",
        onclick: (event) => this.#onClick(event),
        onmousedown: (event) => {
          // Shift marks rows here, not their text.
          if (/** @type {MouseEvent} */ (event).shiftKey) event.preventDefault();
        },
      },
      this.canvas,
    );
    this.root = h(
      "div",
      {
        class: "table",
        role: "grid",
        "aria-label": "Pairs of train and validation loss",
        "aria-multiselectable": "true",
        tabindex: 0,
        onscroll: () => this.#renderRows(),
        onkeydown: /** @param {Event} event */ (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)),
      },
      this.head,
      body,
    );
    new ResizeObserver(() => this.#renderRows()).observe(this.root);
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
    this.refresh();
  }

  /** Draws the visible rows anew. */
  refresh() {
    const focused = this.canvas.contains(document.activeElement) && document.activeElement?.closest(".row")?.id;
    this.#rendered.clear();
    this.canvas.replaceChildren();
    this.#renderRows();
    if (focused) /** @type {HTMLElement | null} */ (this.canvas.querySelector(`#${CSS.escape(focused)} button`))?.focus({ preventScroll: true });
  }

  /**
   * @param {ReadonlySet<string>} ids
   * @param {string | null} active
   * @param {{ reveal?: boolean }} [options]
   */
  select(ids, active, { reveal = false } = {}) {
    this.#selected = ids;
    this.#active = active;
    for (const row of this.#rendered.values()) this.#markSelected(row);
    const index = this.#items.findIndex((item) => item.id === active);
    if (reveal && index >= 0) this.#scrollTo(index);
    this.#pointAtActive();
  }

  /** The active row can be pointed at only while it exists. */
  #pointAtActive() {
    const id = `row-${this.#active}`;
    if (this.canvas.querySelector(`#${CSS.escape(id)}`)) this.root.setAttribute("aria-activedescendant", id);
    else this.root.removeAttribute("aria-activedescendant");
  }

  /** What the rows have of the table, below the header that stays. */
  get #height() {
    return this.root.clientHeight - this.head.offsetHeight;
  }

  /** @param {number} index */
  #scrollTo(index) {
    const { scrollTop } = this.root;
    const top = index * ROW_HEIGHT;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + this.#height) this.root.scrollTop = top + ROW_HEIGHT - this.#height;
    this.#renderRows();
  }

  /** @param {Sort} sort */
  #renderHeader(sort) {
    const focused = document.activeElement?.getAttribute("data-sort");
    const cells = COLUMNS.map(({ className, buttons }) => {
      const sorted = buttons.some(([key]) => key === sort.key) && (sort.key !== "updated" || className !== "name");
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
    const { scrollTop } = this.root;
    const from = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - OVERSCAN);
    const to = Math.min(this.#items.length, Math.ceil((scrollTop + this.#height) / ROW_HEIGHT) + OVERSCAN);
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
    this.#pointAtActive();
    const visible = this.#items.slice(from, to);
    this.onVisibleRows(visible.flatMap((item) => (item.kind === "pair" ? [item.pair] : [])));
  }

  /**
   * @param {Item} item
   * @param {number} index
   */
  #row(item, index) {
    const cells =
      item.kind === "pair"
        ? pairCells(item.pair, this.sparkOf(item.pair))
        : item.kind === "train_only"
          ? trainOnlyCells(item.row)
          : headingCells(item, () => this.onCollapse(item.id));
    const verdict = item.kind === "pair" ? item.pair.verdict : item.kind === "train_only" ? aloneKey(item.row.verdict) : null;
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
    const id = row.dataset["id"];
    if (!id) return;
    row.setAttribute("aria-selected", String(this.#selected.has(id)));
    row.classList.toggle("active", id === this.#active);
  }

  /** @param {Event} event */
  #onClick(event) {
    const { target, shiftKey, ctrlKey, metaKey } = /** @type {MouseEvent & { target: Element }} */ (event);
    const id = target.closest("[data-id]")?.getAttribute("data-id");
    if (id) this.onSelect(id, shiftKey ? "range" : ctrlKey || metaKey ? "toggle" : "only");
  }

  /**
   * Arrows choose, with Shift a range; with Ctrl they only move, and the space bar adds or takes away a row.
   * @param {KeyboardEvent} event
   */
  #onKey(event) {
    if (event.target !== this.root || event.altKey) return;
    const { key, shiftKey } = event;
    const isCtrl = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.#height / ROW_HEIGHT) - 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
    if (by === undefined && key !== " ") return;
    event.preventDefault();
    const id = key === " " ? this.#active : neighbour(this.#items, this.#active, /** @type {number} */ (by));
    if (!id) return;
    if (key === " ") this.onSelect(id, shiftKey ? "range" : "toggle");
    else if (id !== this.#active) this.onSelect(id, shiftKey ? "range" : isCtrl ? "move" : "only");
  }
}
