// Tabs as WAI-ARIA describes them: arrows move, the chosen one's panel is in the page.

import { fill, h } from "../dom.js";

/** @typedef {{ key: string, label: string, render: () => import("../dom.js").Child[] }} Tab */

export class Tabs {
  /** @type {Tab[]} */
  #tabs = [];
  #chosen = "";

  /** @param {string} label */
  constructor(label) {
    this.list = h("div", {
      class: "tab-list",
      role: "tablist",
      "aria-label": label,
      onkeydown: (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)),
    });
    this.panel = h("div", { class: "tab-panel", role: "tabpanel", id: "tab-panel", tabindex: 0 });
    this.root = h("div", { class: "tabs" }, this.list, this.panel);
  }

  /**
   * Shows these tabs; the one chosen before stays chosen if it is among them.
   * @param {Tab[]} tabs
   */
  update(tabs) {
    this.#tabs = tabs;
    if (!tabs.some(({ key }) => key === this.#chosen)) this.#chosen = tabs[0]?.key ?? "";
    this.#render();
  }

  /** @param {string} key */
  choose(key) {
    this.#chosen = key;
    this.#render();
  }

  #render() {
    const hadFocus = this.list.contains(document.activeElement);
    fill(
      this.list,
      ...this.#tabs.map(({ key, label }) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            class: "tab",
            id: `tab-${key}`,
            "aria-selected": String(key === this.#chosen),
            "aria-controls": "tab-panel",
            tabindex: key === this.#chosen ? 0 : -1,
            onclick: () => this.choose(key),
          },
          label,
        ),
      ),
    );
    this.panel.setAttribute("aria-labelledby", `tab-${this.#chosen}`);
    const { scrollTop } = this.panel;
    fill(this.panel, ...(this.#tabs.find(({ key }) => key === this.#chosen)?.render() ?? []));
    this.panel.scrollTop = scrollTop;
    if (hadFocus) /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-selected="true"]'))?.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = this.#tabs.findIndex(({ key }) => key === this.#chosen);
    const next = this.#tabs[(at + by + this.#tabs.length) % this.#tabs.length];
    if (next) this.choose(next.key);
  }
}
