// Lines of code with a button that copies them.

import { copyText } from "./clipboard.js";
import { h } from "./dom.js";

/**
 * @param {string} code
 */
export function copyableCode(code) {
  const source = h("code", {}, code);
  const button = h(
    "button",
    {
      class: "button copy",
      type: "button",
      onclick: async () => {
        const copied = await copyText(code);
        if (!copied) getSelection()?.selectAllChildren(source);
        button.textContent = copied ? "Copied" : "Press Ctrl+C";
        setTimeout(() => (button.textContent = "Copy"), 2000);
      },
    },
    "Copy",
  );
  return h("div", { class: "code" }, h("pre", { tabindex: 0 }, source), button);
}
