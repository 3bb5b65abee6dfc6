// A row's two curves in miniature, with the onset.

import { svg } from "../dom.js";

const WIDTH = 88;
const HEIGHT = 28;
const PAD = 2;

/** @typedef {import("../types.js").Spark["val"][number]} SparkPoint */

/**
 * How steps and values become pixels. A start far above the rest would flatten all that matters, so the top is cut at
 * a multiple of the spread of the later three quarters.
 * @param {readonly SparkPoint[]} points
 */
export function sparkScales(points) {
  const steps = points.map(([step]) => step);
  const first = Math.min(...steps);
  const last = Math.max(...steps);
  const later = points.filter(([step]) => step >= first + (last - first) / 4).map(([, value]) => value);
  const all = points.map(([, value]) => value);
  const low = Math.min(...all);
  const laterHigh = Math.max(...(later.length ? later : all));
  const high = Math.min(Math.max(...all), low + 3 * (laterHigh - low || Infinity));
  const y = high > low ? (HEIGHT - 2 * PAD) / (high - low) : 0;
  const x = last > first ? (WIDTH - 2 * PAD) / (last - first) : 0;
  return {
    /** @param {number} step */
    x: (step) => PAD + (step - first) * x,
    /** @param {number} value */
    y: (value) => (y ? HEIGHT - PAD - (Math.min(value, high) - low) * y : HEIGHT / 2),
  };
}

/**
 * @param {readonly SparkPoint[]} points
 * @param {ReturnType<typeof sparkScales>} scales
 */
export function sparkPath(points, scales) {
  return points
    .map(([step, value], i) => `${i ? "L" : "M"}${scales.x(step).toFixed(1)} ${scales.y(value).toFixed(1)}`)
    .join("");
}

/**
 * @param {import("../types.js").PairRow} pair
 * @param {import("../types.js").PairRow["spark"] | null} spark - null while it is being fetched
 */
export function sparkline({ onset }, spark) {
  const points = [...(spark?.train ?? []), ...(spark?.val ?? [])];
  const picture = svg("svg", {
    class: "sparkline",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    "aria-hidden": "true",
    focusable: "false",
  });
  if (!spark || !points.length) return picture;
  const scales = sparkScales(points);
  if (onset) {
    const x = scales.x(onset.step).toFixed(1);
    picture.append(svg("path", { class: "spark-onset", d: `M${x} 1V${HEIGHT - 1}` }));
  }
  picture.append(
    svg("path", { class: "spark-train", d: sparkPath(spark.train, scales) }),
    svg("path", { class: "spark-val", d: sparkPath(spark.val, scales) }),
  );
  return picture;
}
