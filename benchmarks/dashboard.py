"""How quick the Loss Health tab is over a large log, in headless Chromium against a real TensorBoard.

Usage: python benchmarks/dashboard.py [RUNS]      (2,000 runs of 10,200 points and one of a million by default)

Prints each figure beside its goal. Times are wall times: run it on a machine that does nothing else.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Frame, Page, sync_playwright
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

TRAIN_POINTS, EVALUATIONS = 10_000, 200
LONG_POINTS = 1_000_000
VARIANTS = 8
REFRESHES = 120  # what an hour at one every 30 s brings
CLIENTS, REQUESTS = 8, 25
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"]


def write_log(path: Path, seed: int, points: int, evaluations: int) -> None:
    """An event file of one pair; validation turns in every second one."""
    rng = np.random.default_rng(seed)
    with path.open("wb") as file:
        writer = RecordWriter(file)
        for step in range(points):
            done = step / points
            falling = 2 * np.exp(-4 * done) + 0.1
            values = [Summary.Value(tag="loss/train", simple_value=falling + rng.normal(0, 0.02))]
            if step % (points // evaluations) == 0:
                turned = 1.5 * max(done - 0.4, 0) if seed % 2 else 0
                values.append(Summary.Value(tag="loss/val", simple_value=falling + turned + rng.normal(0, 0.02)))
            for value in values:
                event = Event(wall_time=1.7e9 + step, step=step, summary=Summary(value=[value]))
                writer.write(event.SerializeToString())


def make_log(root: Path, runs: int) -> Path:
    """Many runs that share a few files by links, a long one, and one that grows."""
    variants = [root / f"variant{seed}" for seed in range(VARIANTS)]
    for seed, path in enumerate(variants):
        write_log(path, seed, TRAIN_POINTS, EVALUATIONS)
    logdir = root / "runs"
    for number in range(runs):
        folder = logdir / f"lr{number % 50}" / f"seed{number // 50}"
        folder.mkdir(parents=True)
        os.link(variants[number % VARIANTS], folder / "events.out.tfevents.1.host")
    for name in ("long", "growing"):
        (logdir / name).mkdir()
    write_log(logdir / "long/events.out.tfevents.1.host", 1, LONG_POINTS, 10_000)
    shutil.copyfile(variants[1], logdir / "growing/events.out.tfevents.1.host")
    return logdir


def grow(logdir: Path, step: int) -> None:
    """Log one more train and validation value to the run that grows."""
    with (logdir / "growing/events.out.tfevents.1.host").open("ab") as file:
        writer = RecordWriter(file)
        for tag in ("loss/train", "loss/val"):
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=1.0)])
            event = Event(wall_time=1.7e9 + step, step=TRAIN_POINTS + step, summary=summary)
            writer.write(event.SerializeToString())


@contextmanager
def tensorboard(logdir: Path, log: Path) -> Iterator[str]:
    """The address of a TensorBoard over the log."""
    command = [sys.executable, "-m", "tensorboard.main", "--port", "0", "--logdir", str(logdir)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        while not (address := re.search(r"TensorBoard \S+ at (http://\S+)", log.read_text())):
            if process.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(0.05)
        yield address[1]
    finally:
        process.terminate()
        process.wait()


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=120) as answer:
        return json.load(answer)


def report(what: str, figure: float, unit: str, goal: float, at_least: bool = False) -> None:
    met = figure >= goal if at_least else figure <= goal
    sign = ">=" if at_least else "<="
    print(f"{what:58} {figure:9.1f} {unit:4} goal {sign} {goal:g} {'met' if met else 'MISSED'}", flush=True)


def timed_in_page(frame: Frame, script: str) -> float:
    """Milliseconds from an action to the second frame after it, when its result has been painted."""
    return float(
        frame.evaluate(
            f"""async () => {{
                const start = performance.now();
                {script};
                await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
                return performance.now() - start;
            }}"""
        )
    )


def median_of(measure: Callable[[], float], times: int = 5) -> float:
    return statistics.median(measure() for _ in range(times))


def measure_table(frame: Frame) -> None:
    for label in ("Run", "Loss", "Best", "Gap now"):
        sort = f"""[...document.querySelectorAll('.sort')].find(b => b.textContent.startsWith('{label}')).click()"""
        report(f"sort by {label.lower()}", median_of(lambda sort=sort: timed_in_page(frame, sort)), "ms", 100)  # type: ignore[misc]
    typed = """const f = document.querySelector('.filter'); f.value = f.value ? '' : 'lr1.*seed[0-9]$';
               f.dispatchEvent(new Event('input'))"""
    report("filter by regex", median_of(lambda: timed_in_page(frame, typed), 6), "ms", 100)


def choose(frame: Frame, index: int) -> float:
    """Milliseconds from a click on a row to its charts."""
    return float(
        frame.evaluate(
            """async index => {
                const row = document.querySelectorAll('.row.pair')[index];
                const old = document.querySelector('.plot canvas');
                const start = performance.now();
                row.click();
                while (document.querySelector('.plot canvas') === old) await new Promise(requestAnimationFrame);
                await new Promise(requestAnimationFrame);
                return performance.now() - start;
            }""",
            index,
        )
    )


def zoom_rate(frame: Frame) -> float:
    """Frames a second while the wheel zooms in and out for two seconds."""
    return float(
        frame.evaluate(
            """async () => {
                const over = document.querySelector('.plot .u-over');
                const box = over.getBoundingClientRect();
                const start = performance.now();
                let frames = 0;
                while (performance.now() - start < 2000) {
                    const deltaY = frames % 60 < 30 ? -60 : 60;
                    const [clientX, clientY] = [box.left + box.width / 3, box.top + 9];
                    over.dispatchEvent(
                        new WheelEvent('wheel', {deltaY, clientX, clientY, ctrlKey: true, cancelable: true}));
                    await new Promise(requestAnimationFrame);
                    frames++;
                }
                return frames / (performance.now() - start) * 1000;
            }"""
        )
    )


def heap(page: Page) -> float:
    """Megabytes that the page holds on to."""
    page.evaluate("gc()")
    return float(page.evaluate("performance.memory.usedJSHeapSize")) / 1e6


def measure_refreshes(page: Page, frame: Frame, logdir: Path) -> None:
    def refresh(step: int) -> None:
        grow(logdir, step)
        with page.expect_response(re.compile("losshealth/overview")):
            frame.evaluate(
                """() => { document.querySelector('button.status').click();
                           document.querySelector('.bar .menu-item').click(); }"""
            )
        page.wait_for_timeout(50)

    for step in range(10):
        refresh(step)
    before = heap(page)
    for step in range(10, 10 + REFRESHES):
        refresh(step)
    report(f"heap grown by {REFRESHES} refreshes of a growing log", heap(page) - before, "MB", 20)


def measure_routes(url: str, ids: list[str], logdir: Path) -> None:
    """Several clients asking for curves while the log grows."""
    times: list[float] = []

    def client(number: int) -> None:
        for request in range(REQUESTS):
            if number == 0:
                grow(logdir, 1000 + request)
                get(f"{url}overview?limit=1&spark=0")
            start = time.perf_counter()
            get(f"{url}pair?id={ids[(number * REQUESTS + request) % len(ids)]}")
            times.append(1000 * (time.perf_counter() - start))

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    report(f"a curve, p95 of {CLIENTS} clients", float(np.percentile(times, 95)), "ms", 50)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    chromium = os.environ.get("LOSSHEALTH_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        root = Path(scratch)
        logdir = make_log(root, runs)
        with tensorboard(logdir, root / "tensorboard.log") as address:
            routes = f"{address}data/plugin/losshealth/"
            start = time.perf_counter()
            while get(f"{routes}overview?limit=1&spark=0")["state"] == "loading":
                time.sleep(0.2)
            print(f"{runs:,} runs read in {time.perf_counter() - start:.1f} s")
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            sizes: list[int] = []
            page.on(
                "requestfinished",
                lambda request: (
                    sizes.append(request.sizes()["responseBodySize"])
                    if re.search(r"losshealth/(overview|pair|sparks)", request.url)
                    else None
                ),
            )
            page.goto(f"{address}data/plugin_entry.html?name=losshealth")
            frame = page.main_frame
            frame.locator(".row.pair").first.wait_for()
            first = "performance.getEntriesByType('mark').find(({name}) => name === 'losshealth-rows')?.startTime"
            report("first rows after the page's first request", float(frame.evaluate(first)) / 1000, "s", 2)
            page.wait_for_timeout(5000)
            measure_table(frame)
            report("a pair chosen to charts drawn", statistics.median(choose(frame, n) for n in range(1, 8)), "ms", 300)
            frame.locator(".filter").fill("^long$")
            page.wait_for_timeout(2000)
            report("zoom of a pair of a million points", zoom_rate(frame), "/s", 30, at_least=True)
            frame.locator(".filter").fill("")
            measure_refreshes(page, frame, logdir)
            report("largest response", max(sizes) / 1000, "kB", 300)
            ids = [row["id"] for row in get(f"{routes}overview?limit=200&spark=0")["pairs"]]
            measure_routes(routes, ids, logdir)
            browser.close()


if __name__ == "__main__":
    main()
