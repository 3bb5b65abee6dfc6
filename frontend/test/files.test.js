import assert from "node:assert/strict";
import { test } from "node:test";
import { csvField, fileName, tableCsv } from "../src/download/files.js";

test("names become harmless file names", () => {
  assert.equal(fileName(["../../etc/passwd", "loss"], "csv"), "etc_passwd_loss.csv");
  assert.equal(fileName(["<script>", "日本"], "svg"), "script_日本.svg");
  assert.equal(fileName(["..."], "png"), "losshealth.png");
  assert.ok(fileName(["x".repeat(500)], "csv").length < 130);
});

test("fields with separators are quoted, formulas are made plain", () => {
  assert.equal(csvField('a "b", c'), '"a ""b"", c"');
  assert.equal(csvField("=HYPERLINK(1)"), "'=HYPERLINK(1)");
  assert.equal(csvField(-1.5), "-1.5");
  assert.equal(csvField(null), "");
});

test("the table's file has one line a row", () => {
  const row = /** @type {import("../src/types.js").PairRow} */ ({
    run: "a,b",
    name: "loss",
    verdict: "overfitting",
    onset: { step: 5, low: 1, high: 9, confirmed_step: null, confidence: 0.9 },
    best_step: 5,
    best_value: 0.25,
    gap: { final: 1, at_onset: null, maximum: 2, maximum_step: 8 },
    evaluations: 10,
    train_points: 100,
    flags: ["recovered", "spikes"],
    last_wall_time: 1.7e9,
  });
  const [head, line] = tableCsv([row]).split("\r\n");
  assert.equal(head?.split(",").length, 17);
  assert.equal(line, '"a,b",loss,overfitting,5,1,9,0.9,5,0.25,1,,2,8,10,100,1700000000,recovered spikes');
});
