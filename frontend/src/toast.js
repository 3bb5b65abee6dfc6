// A short message over the page that disappears after a moment.

import { h } from "./dom.js";

/** How long a message stays, in milliseconds. */
const DURATION = 2500;

/**
 * @param {string} message
 * @param {number} [duration] - in milliseconds
 */
export function showToast(message, duration = DURATION) {
  const toast = h("div", { class: "toast", role: "status" });
  document.body.append(toast);
  // A screen reader speaks text that is put into a status, not a status that already holds its text.
  requestAnimationFrame(() => (toast.textContent = message));
  setTimeout(() => toast.remove(), duration);
}
