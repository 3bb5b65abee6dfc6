// The verdicts as buttons that filter.

import { h } from "../dom.js";
import { formatStep } from "../format.js";
import { verdictIcon } from "../verdicts.js";

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
        title: `${label}: ${meaning}`,
        onclick: () => {
          const next = new Set(pressed);
          if (!next.delete(name)) next.add(name);
          onChange(next);
        },
      },
      verdictIcon(name),
      h("span", { class: "chip-label" }, label),
      h("b", {}, formatStep(count)),
    ),
  );
}
