// Words about what has happened, for a moment.

import { h } from "./dom.js";

/** How long they stay, in milliseconds. */
const TOLD_FOR = 2500;

/**
 * @param {string} words
 * @param {number} [duration] - in milliseconds
 */
export function tell(words, duration = TOLD_FOR) {
  const told = h("div", { class: "told", role: "status" });
  document.body.append(told);
  // A reader speaks what is put into a status, not a status that comes with its words.
  requestAnimationFrame(() => (told.textContent = words));
  setTimeout(() => told.remove(), duration);
}
