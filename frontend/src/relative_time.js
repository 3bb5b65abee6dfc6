// Times such as "3 min ago" that stay right while the page is open.

import { h } from "./dom.js";
import { formatRelativeTime } from "./format.js";

/**
 * How long ago a moment was.
 * @param {number} wallTime - seconds since 1970
 */
export const relativeTime = (wallTime) => formatRelativeTime(Math.max(0, Date.now() / 1000 - wallTime));

/**
 * The same as an element that `refreshRelativeTimes` keeps up to date; its title is the full date.
 * @param {number} wallTime - seconds since 1970
 */
export function relativeTimeElement(wallTime) {
  return h("time", { "data-at": wallTime, title: new Date(wallTime * 1000).toLocaleString() }, relativeTime(wallTime));
}

/**
 * Rewrites all relative times within an element.
 * @param {Element} root
 */
export function refreshRelativeTimes(root) {
  for (const time of root.querySelectorAll("time[data-at]")) {
    const text = relativeTime(Number(time.getAttribute("data-at")));
    if (time.textContent !== text) time.textContent = text;
  }
}
