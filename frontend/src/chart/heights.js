// Heights of the two charts. Pure.

/** Height of everything around the charts, in pixels. */
const OTHER_CONTENT = 310;

/**
 * Fits both charts into the pane, so that verdict and curves are visible without scrolling.
 * @param {number} room - height of the pane, in pixels
 * @returns {[loss: number, gap: number]}
 */
export function chartHeights(room) {
  const free = Math.max(room - OTHER_CONTENT, OTHER_CONTENT);
  const gap = Math.round(Math.min(260, Math.max(110, free * 0.31)));
  return [Math.round(Math.min(720, Math.max(200, free - gap))), gap];
}
