"""The page in headless Chromium: how long the actions of a person take, and how much memory the page keeps."""

from __future__ import annotations

import os
import re
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Frame, Page, Request, sync_playwright

from benchmarks.viewing.figures import median_of, report
from benchmarks.viewing.logs import Log
from benchmarks.viewing.server import Server

REFRESHES = 120
"""An hour of refreshes, one every 30 s."""
CHOSEN = 7
"""Pairs that are chosen, of which the median counts."""
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
ROWS_MARK = "performance.getEntriesByType('mark').find(({name}) => name === 'losshealth-rows')?.startTime"


def measure_page(server: Server, log: Log) -> None:
    """Measure the page: first rows, actions, memory and response sizes."""
    with _chromium() as page:
        sizes: dict[str, int] = {}
        page.on("requestfinished", lambda request: _weigh(request, sizes))
        page.goto(f"{server.address}data/plugin_entry.html?name=losshealth")
        frame = page.main_frame
        frame.locator(".row.pair").first.wait_for()
        report("first request of the page to first rows", float(frame.evaluate(ROWS_MARK)) / 1000, "s", 2)
        report(
            "first request of the page to all rows", _all_rows(frame, log.shape.runs * log.shape.pairs + 2), "s", None
        )
        page.wait_for_timeout(2000)
        _measure_table(frame)
        report("choosing a pair to charts drawn", _choosing(frame), "ms", 300)
        frame.locator(".filter").fill("^long$")
        page.wait_for_timeout(2000)
        report("zoom of a pair of a million points", _zoom_rate(frame), "/s", 30, at_least=True)
        _measure_refreshes(page, frame, log)
        largest = max(sizes, key=lambda route: sizes[route])
        report(f"largest response ({largest})", sizes[largest] / 1000, "kB", 300)


@contextmanager
def _chromium() -> Iterator[Page]:
    path = os.environ.get("LOSSHEALTH_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser.new_page(viewport={"width": 1440, "height": 900})
        browser.close()


def _weigh(request: Request, sizes: dict[str, int]) -> None:
    if found := re.search(r"losshealth/(overview|pair|sparks)", request.url):
        sizes[found[1]] = max(sizes.get(found[1], 0), request.sizes()["responseBodySize"])


def _all_rows(frame: Frame, rows: int) -> float:
    """Seconds from the page's first request until the table holds all pairs."""
    return float(
        frame.evaluate(
            """async rows => {
                const table = document.querySelector('[role=grid]');
                while (Number(table.getAttribute('aria-rowcount')) <= rows) await new Promise(requestAnimationFrame);
                return performance.now() / 1000;
            }""",
            rows,
        )
    )


def _measure_table(frame: Frame) -> None:
    for label in ("Run", "Loss", "Best", "Gap now"):
        sort = f"[...document.querySelectorAll('.sort')].find(b => b.textContent.startsWith('{label}')).click()"
        report(f"sort by {label.lower()}", median_of(lambda sort=sort: _timed(frame, sort)), "ms", 100)  # type: ignore[misc]
    typed = """const f = document.querySelector('.filter'); f.value = f.value ? '' : 'lr1.*seed[0-9]$';
               f.dispatchEvent(new Event('input'))"""
    report("filter by regex", median_of(lambda: _timed(frame, typed), 6), "ms", 100)


def _timed(frame: Frame, action: str) -> float:
    """Milliseconds from an action to the second frame after it, by which its result is painted."""
    return float(
        frame.evaluate(
            f"""async () => {{
                const start = performance.now();
                {action};
                await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
                return performance.now() - start;
            }}"""
        )
    )


def _choosing(frame: Frame) -> float:
    """Milliseconds from a click on a row to its charts; median over pairs not shown before."""
    ids = frame.evaluate(
        """() => [...document.querySelectorAll('.row.pair:not([aria-selected="true"])')].map(row => row.dataset.id)"""
    )
    script = """async id => {
        const old = document.querySelector('.plot canvas');
        const start = performance.now();
        document.querySelector(`[data-id="${id}"]`).click();
        while (document.querySelector('.plot canvas') === old) await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return performance.now() - start;
    }"""
    return statistics.median(float(frame.evaluate(script, chosen)) for chosen in ids[:CHOSEN])


def _zoom_rate(frame: Frame) -> float:
    """Frames per second while the wheel zooms in and out for two seconds."""
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


def _measure_refreshes(page: Page, frame: Frame, log: Log) -> None:
    """Measure the memory over an hour on the growing pair: each refresh brings a new row and new curves."""
    frame.locator(".filter").fill("^growing$")
    frame.locator(".row.pair[aria-selected=true]").get_by_title("growing", exact=True).first.wait_for()
    frame.locator(".filter").fill("")

    def refresh() -> None:
        log.grow()
        with page.expect_response(re.compile("losshealth/pair")):
            frame.evaluate(
                """() => { document.querySelector('button.status').click();
                           document.querySelector('.top-bar .menu-item').click(); }"""
            )
        page.wait_for_timeout(50)

    for _ in range(10):
        refresh()
    before = _heap(page)
    for _ in range(REFRESHES):
        refresh()
    after = _heap(page)
    report("heap of the page", after, "MB", None)
    report(f"heap grown by {REFRESHES} refreshes of a growing pair", after - before, "MB", 20)


def _heap(page: Page) -> float:
    """Megabytes of the heap after a garbage collection."""
    page.evaluate("gc()")
    return float(page.evaluate("performance.memory.usedJSHeapSize")) / 1e6
