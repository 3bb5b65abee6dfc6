import assert from "node:assert/strict";
import { test } from "node:test";
import { comparedCsv, curvesCsv, wholeCurves } from "../src/download/curves.js";

/** Most points that the server below gives at once. */
const MAX = 12;

/**
 * A server that thins out what is too much for it, and adds the neighbours of the window.
 * @param {number} points
 */
function server(points) {
  /** @type {[number, number][]} */
  const asked = [];
  const fetchWindow = async (/** @type {{ from: number, to: number }} */ { from, to }) => {
    asked.push([from, to]);
    const steps = Array.from({ length: points }, (_, i) => i).filter((step) => step >= from - 1 && step <= to + 1);
    const decimated = steps.length > MAX;
    const kept = decimated ? steps.slice(0, MAX) : steps;
    const train = { steps: kept, values: kept.map((step) => step / 2), wall_times: kept, decimated };
    return /** @type {import("../src/types.js").TrainOnlyDetail} */ (/** @type {unknown} */ ({ train }));
  };
  return { fetchWindow, asked };
}

test("every point comes once and in order, however much was logged", async () => {
  const { fetchWindow } = server(137);
  const { train } = await wholeCurves(fetchWindow, 0, 136);
  assert.deepEqual(train?.steps, Array.from({ length: 137 }, (_, i) => i));
  assert.deepEqual(train?.values.at(-1), 68);
});

test("what comes whole is asked for once", async () => {
  const { fetchWindow, asked } = server(MAX - 2);
  await wholeCurves(fetchWindow, 0, MAX - 3);
  assert.equal(asked.length, 1);
});

test("a line for each point, empty where the value was not finite", () => {
  const csv = curvesCsv({ train: { steps: [1, 2], values: [0.5, null], wall_times: [10, 11.5] } });
  assert.equal(csv, "split,step,wall_time,value\r\ntrain,1,10,0.5\r\ntrain,2,11.5,\r\n");
});

test("curves of several pairs say whose they are", () => {
  const curves = { train: { steps: [1], values: [0.5], wall_times: [10] } };
  assert.equal(comparedCsv([{ run: "a,b", name: "loss", curves }]), 'run,name,split,step,wall_time,value\r\n"a,b",loss,train,1,10,0.5\r\n');
});

test("steps far apart are not searched one by one where a saved page always says thinned out", async () => {
  const steps = [0, 2 ** 40, 2 ** 50];
  let asked = 0;
  const fetchWindow = async (/** @type {{ from: number, to: number }} */ { from, to }) => {
    asked++;
    const inside = steps.filter((step) => step >= from && step <= to);
    return /** @type {import("../src/types.js").TrainOnlyDetail} */ (/** @type {unknown} */ ({ train: { steps: inside, values: inside, wall_times: inside, decimated: true } }));
  };
  const { train } = await wholeCurves(fetchWindow, 0, 2 ** 50);
  assert.deepEqual(train?.steps, steps);
  assert.ok(asked < 200, String(asked));
});
