// A button that opens a list of actions.

import { fill, h } from "./dom.js";

/** @typedef {{ label: string, checked?: boolean, run: () => void }} Action */

export class Menu {
  /**
   * @param {string} className
   * @param {import("./dom.js").Props} props - of the button
   */
  constructor(className, props) {
    this.button = h("button", {
      class: `button ${className}`,
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      ...props,
      onclick: () => this.#toggle(this.list.hidden),
    });
    this.list = h("div", { class: "menu-list", role: "menu", hidden: true });
    this.root = h(
      "div",
      {
        class: "menu",
        onkeydown: (event) => this.#onKey(/** @type {KeyboardEvent} */ (event)),
        onfocusout: (event) => {
          if (!this.root.contains(/** @type {Node | null} */ (/** @type {FocusEvent} */ (event).relatedTarget))) this.#toggle(false);
        },
      },
      this.button,
      this.list,
    );
  }

  /**
   * @param {import("./dom.js").Child[]} label
   * @param {Action[]} actions
   */
  update(label, actions) {
    fill(this.button, ...label);
    const focused = this.list.contains(document.activeElement) ? [...this.list.children].indexOf(/** @type {Element} */ (document.activeElement)) : -1;
    fill(
      this.list,
      ...actions.map(({ label: text, checked, run }) =>
        h(
          "button",
          {
            type: "button",
            class: "menu-item",
            role: checked === undefined ? "menuitem" : "menuitemradio",
            "aria-checked": checked === undefined ? undefined : String(checked),
            tabindex: -1,
            onclick: () => {
              this.#toggle(false);
              this.button.focus();
              run();
            },
          },
          text,
        ),
      ),
    );
    /** @type {HTMLElement | undefined} */ (this.list.children[focused])?.focus();
  }

  /** @param {boolean} open */
  #toggle(open) {
    this.list.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    // The list is aligned with the button's right edge, unless its left edge would leave the pane.
    const { left = 0 } = this.root.closest(".detail")?.getBoundingClientRect() ?? {};
    this.list.classList.toggle("rightward", open && this.button.getBoundingClientRect().right - left < this.list.offsetWidth + 8);
    if (open) /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-checked="true"]') ?? this.list.firstElementChild)?.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.list.hidden) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#toggle(false);
      this.button.focus();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const items = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    items[(at + by + items.length) % items.length]?.focus();
  }
}
