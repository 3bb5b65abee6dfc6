// Words like "3 min ago" that stay true while the page stands.

import { h } from "./dom.js";
import { formatAgo } from "./format.js";

/** @param {number} wallTime - seconds since 1970 */
export const agoWords = (wallTime) => formatAgo(Math.max(0, Date.now() / 1000 - wallTime));

/** @param {number} wallTime - seconds since 1970 */
export function ago(wallTime) {
  return h("time", { "data-at": wallTime, title: new Date(wallTime * 1000).toLocaleString() }, agoWords(wallTime));
}

/**
 * Writes all such words within an element anew.
 * @param {Element} root
 */
export function renewAgo(root) {
  for (const time of root.querySelectorAll("time[data-at]")) {
    const words = agoWords(Number(time.getAttribute("data-at")));
    if (time.textContent !== words) time.textContent = words;
  }
}
