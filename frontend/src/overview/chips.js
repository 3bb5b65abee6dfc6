// The verdicts as buttons that filter.

import { h } from "../dom.js";
import { formatStep } from "../format.js";
import { verdictIcon, verdictText } from "../verdicts.js";

/**
 * The verdicts as buttons with their counts: pressed ones alone are shown, none pressed means all.
 * @param {{ name: string, count: number }[]} verdicts
 * @param {ReadonlySet<string>} pressed
 * @param {(verdicts: Set<string>) => void} onChange
 */
export function verdictChips(verdicts, pressed, onChange) {
  return verdicts.map(({ name, count }) => {
    const text = verdictText(name);
    return h(
      "button",
      {
        class: "chip",
        type: "button",
        "data-verdict": name,
        "aria-pressed": String(pressed.has(name)),
        title: `${text.title}: ${text.meaning}`,
        onclick: () => {
          const next = new Set(pressed);
          if (!next.delete(name)) next.add(name);
          onChange(next);
        },
      },
      verdictIcon(name, text),
      h("span", { class: "chip-label" }, text.title),
      h("b", {}, formatStep(count)),
    );
  });
}
