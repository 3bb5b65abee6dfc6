// Tabs as WAI-ARIA describes them: arrows move, the chosen one's panel is in the page.

import { fill, h, keepFocus } from "../dom.js";

/** @typedef {{ key: string, label: string, render: () => import("../dom.js").Child[] }} Tab */

export class Tabs {
  /** @type {Tab[]} */
  #tabs = [];
  #chosen;

  /**
   * @param {string} label
   * @param {string} chosen - key of the tab to start with
   * @param {() => void} onChoose
   */
  constructor(label, chosen, onChoose) {
    this.#chosen = chosen;
    this.onChoose = onChoose;
    this.list = h("div", {
      class: "tab-list",
      role: "tablist",
      "aria-label": label,
      onkeydown: (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)),
    });
    this.panel = h("div", { class: "tab-panel", role: "tabpanel", id: "tab-panel", tabindex: 0 });
    this.root = h("div", { class: "tabs" }, this.list, this.panel);
  }

  /** Key of the tab that is chosen; it may be missing for a moment, until its pair is there. */
  get chosen() {
    return this.#chosen;
  }

  /**
   * Shows these tabs; the one chosen before stays chosen.
   * @param {Tab[]} tabs
   */
  update(tabs) {
    this.#tabs = tabs;
    this.#render();
  }

  /** @param {string} key */
  choose(key) {
    this.#chosen = key;
    this.#render();
    this.onChoose();
  }

  #render() {
    const chosen = this.#tabs.find(({ key }) => key === this.#chosen) ?? this.#tabs[0];
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
            "aria-selected": String(key === chosen?.key),
            "aria-controls": "tab-panel",
            tabindex: key === chosen?.key ? 0 : -1,
            onclick: () => this.choose(key),
          },
          label,
        ),
      ),
    );
    this.panel.setAttribute("aria-labelledby", `tab-${chosen?.key}`);
    const { scrollTop } = this.panel;
    keepFocus(this.panel, () => fill(this.panel, ...(chosen?.render() ?? [])));
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
