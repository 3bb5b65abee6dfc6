// The movable line between list and charts.

import { h } from "./dom.js";

const KEY = "losshealth.list";
/** Least and greatest part of the page, in percent, that the list takes. */
const [MIN, MAX] = [20, 70];
/** Percent for one press of a key. */
const KEY_STEP = 2;

/** @param {number} percent */
const limited = (percent) => Math.round(10 * Math.min(MAX, Math.max(MIN, percent))) / 10;

/**
 * @param {HTMLElement} list - the pane whose width it moves
 * @returns {HTMLElement}
 */
export function splitter(list) {
  /** @param {number | null} percent - null is what the style sheet says */
  const set = (percent) => {
    list.style.flexBasis = percent === null ? "" : `${percent}%`;
    const value = Math.round(percent ?? shown());
    line.setAttribute("aria-valuenow", String(value));
    try {
      if (percent === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, String(percent));
    } catch {
      // Without storage the choice lasts for this visit.
    }
  };
  const shown = () => (100 * list.offsetWidth) / (list.parentElement?.offsetWidth || 1);
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const { left = 0, width = 1 } = list.parentElement?.getBoundingClientRect() ?? {};
    set(limited((100 * (event.clientX - left)) / width));
  };
  const line = h("div", {
    class: "splitter",
    role: "separator",
    tabindex: 0,
    "aria-orientation": "vertical",
    "aria-label": "Width of the list",
    "aria-valuemin": MIN,
    "aria-valuemax": MAX,
    title: "Drag to make the list wider or narrower; double-click for the width it had",
    onpointerdown: (event) => {
      const { button, pointerId } = /** @type {PointerEvent} */ (event);
      if (button) return;
      event.preventDefault();
      line.setPointerCapture(pointerId);
      line.onpointermove = follow;
    },
    onlostpointercapture: () => (line.onpointermove = null),
    ondblclick: () => set(null),
    onkeydown: (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      const wanted = { ArrowLeft: shown() - KEY_STEP, ArrowRight: shown() + KEY_STEP, Home: MIN, End: MAX }[key];
      if (wanted === undefined) return;
      event.preventDefault();
      set(limited(wanted));
    },
  });
  const kept = readWidth();
  if (kept !== null) list.style.flexBasis = `${kept}%`;
  line.setAttribute("aria-valuenow", String(Math.round(kept ?? 44)));
  return line;
}

/** The width that the user chose on an earlier visit. */
function readWidth() {
  try {
    const percent = parseFloat(localStorage.getItem(KEY) ?? "");
    return Number.isFinite(percent) ? limited(percent) : null;
  } catch {
    return null;
  }
}
