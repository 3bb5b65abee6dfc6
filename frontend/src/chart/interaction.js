// Wheel, drag and keys on a plot. Every gesture becomes one command: show this range, or move the cursor.

import { scaleAbout } from "./ranges.js";

/**
 * @typedef {import("uplot")} uPlot
 * @typedef {import("./ranges.js").Extent} Extent
 *
 * @typedef {object} PlotCommands
 * @property {(zoom: Extent | null) => void} zoom
 * @property {() => Extent} visibleRange - the visible x now
 * @property {(by: number) => void} moveCursor - by so many points
 */

/** The gestures, as a tooltip and for screen readers. */
export const GESTURES =
  "Drag to zoom, double-click to see all. Ctrl + wheel zooms, Shift + drag moves. With the keyboard: arrows, plus and minus, 0.";

/** Growth of the range for one notch of a wheel. */
const NOTCH = 1.2;
/** Pixels of `deltaY` in one notch. */
const NOTCH_PIXELS = 100;

/**
 * @param {Extent} visibleRange
 * @param {number} by - in parts of what is visible
 * @returns {Extent}
 */
const shifted = ([from, to], by) => [from + by * (to - from), to + by * (to - from)];

/**
 * Wheel with Ctrl, Alt or Command (a pinch on a touch pad sends Ctrl) zooms about the pointer; sideways, or with Shift, it
 * moves. A bare wheel is left to the page, which scrolls.
 * @param {uPlot} u
 * @param {PlotCommands} commands
 */
export function listenToWheel(u, { zoom, visibleRange }) {
  u.over.addEventListener(
    "wheel",
    (event) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.altKey || event.metaKey) {
        if (event.cancelable) event.preventDefault();
        const x = u.posToVal(event.clientX - u.over.getBoundingClientRect().left, "x");
        zoom(scaleAbout(visibleRange(), x, NOTCH ** (event.deltaY / NOTCH_PIXELS)));
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        if (event.cancelable) event.preventDefault();
        zoom(shifted(visibleRange(), sideways / u.over.clientWidth));
      }
    },
    { passive: false },
  );
}

/**
 * Whether a press pans instead of selecting a part to zoom into.
 * @param {MouseEvent} event
 */
export const isPan = (event) => event.button === 1 || event.shiftKey;

/**
 * With Shift or the middle button, a drag pans.
 * @param {uPlot} u
 * @param {PlotCommands} commands
 */
export function listenToDrag(u, { zoom, visibleRange }) {
  u.over.addEventListener("mousedown", (start) => {
    if (!isPan(start)) return;
    // Keeps the browser from selecting text or scrolling meanwhile.
    start.preventDefault();
    const from = visibleRange();
    const width = u.over.clientWidth;
    /** @param {MouseEvent} event */
    const move = (event) => zoom(shifted(from, (start.clientX - event.clientX) / width));
    const stop = () => {
      removeEventListener("mousemove", move);
      removeEventListener("mouseup", stop);
    };
    addEventListener("mousemove", move);
    addEventListener("mouseup", stop);
  });
}

/**
 * Arrows move the cursor from point to point, plus and minus zoom about the middle, 0 and Escape show everything.
 * @param {KeyboardEvent} event
 * @param {PlotCommands} commands
 */
export function onKey(event, { zoom, visibleRange, moveCursor }) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const [from, to] = visibleRange();
  const far = event.shiftKey ? 10 : 1;
  const actions = /** @type {Record<string, () => void>} */ ({
    ArrowLeft: () => moveCursor(-far),
    ArrowRight: () => moveCursor(far),
    Home: () => moveCursor(-Infinity),
    End: () => moveCursor(Infinity),
    "+": () => zoom(scaleAbout([from, to], (from + to) / 2, 1 / NOTCH ** 2)),
    "=": () => zoom(scaleAbout([from, to], (from + to) / 2, 1 / NOTCH ** 2)),
    "-": () => zoom(scaleAbout([from, to], (from + to) / 2, NOTCH ** 2)),
    0: () => zoom(null),
    Escape: () => zoom(null),
  });
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
