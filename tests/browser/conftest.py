"""A real TensorBoard in a subprocess, and Chromium looking at its Loss Health tab."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Download, FrameLocator, Locator, Page, expect

from tb_losshealth import SummaryWriter

Points = list[tuple[int, float]]
WriteRun = Callable[[str, Mapping[str, Points]], Path]

START_LIMIT = 60.0  # seconds until TensorBoard must say where it serves
FRAME = 'iframe[src*="name=losshealth"]'
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


@dataclass
class Server:
    """One TensorBoard process."""

    url: str
    process: subprocess.Popen[bytes]
    port: int

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


StartTensorBoard = Callable[..., Server]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(*args: str, port: int | None, log: Path) -> Server:
    """Start TensorBoard and wait until it names its address."""
    port = _free_port() if port is None else port
    command = [sys.executable, "-m", "tensorboard.main", "--port", str(port), *args]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        if address := re.search(r"TensorBoard \S+ at (http://\S+)", log.read_text()):
            return Server(address[1], process, port)
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"TensorBoard did not start ({' '.join(command)}):\n{log.read_text()}")


@pytest.fixture
def tensorboard(tmp_path: Path) -> Iterator[StartTensorBoard]:
    """Start a TensorBoard: `tensorboard("--logdir", path)`; all are stopped when the test ends."""
    servers: list[Server] = []

    def start(*args: str | Path, port: int | None = None) -> Server:
        servers.append(_start(*map(str, args), port=port, log=tmp_path / f"tensorboard{len(servers)}.log"))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@dataclass
class Tab:
    """The Loss Health tab: the page around it, and the frame that is ours."""

    page: Page
    errors: list[str] = field(default_factory=list)

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator(FRAME)

    def open(self, server: Server, view: str = "") -> Tab:
        """Go to the tab and wait until it shows something of its own."""
        self.page.goto(f"{server.url}#losshealth{view}")
        self.frame.locator(".app").wait_for(timeout=30_000)
        return self

    @property
    def rows(self) -> Locator:
        return self.frame.locator(".row[data-id]")

    def row(self, name: str) -> Locator:
        return self.rows.filter(has=self.frame.get_by_title(name, exact=True))

    @property
    def heading(self) -> Locator:
        return self.frame.get_by_role("region", name="Chosen pair").get_by_role("heading", level=2)

    def complaints(self) -> list[tuple[str, str]]:
        """What axe-core finds wrong with the page as it stands: impact and rule."""
        frame = next(frame for frame in self.page.frames if "name=losshealth" in frame.url)
        frame.evaluate(AXE.read_text())
        found = frame.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [(one["impact"], one["id"]) for one in found]

    def charts(self) -> list[int]:
        """Number of painted pixels of each chart in sight, once charts are drawn."""
        canvases = self.frame.locator(".plot canvas:visible")
        canvases.first.wait_for()
        painted = canvases.evaluate_all(
            """canvases => canvases.map(canvas => {
                const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                let painted = 0;
                for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
                return painted;
            })"""
        )
        return [int(count) for count in painted]

    def coloured(self, line: str, chart: int = 0) -> int:
        """Number of pixels of a chart in the colour of a line ("train", "val"), once charts are drawn."""
        canvas = self.frame.locator(".plot canvas:visible").nth(chart)
        canvas.wait_for()
        script = """(canvas, line) => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
            const probe = document.createElement("canvas").getContext("2d");
            probe.fillStyle = getComputedStyle(canvas).getPropertyValue(`--${line}`).trim();
            probe.fillRect(0, 0, 1, 1);
            const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
            const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let found = 0;
            for (let i = 0; i < data.length; i += 4)
                found += data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255;
            resolve(found);
        })))"""
        return int(canvas.evaluate(script, line))

    def theme(self, name: str) -> None:
        """Use TensorBoard's own switch."""
        self.page.get_by_label("Menu for changing light or dark theme").click()
        self.page.get_by_title(f"Force {name} TensorBoard theme.").click()

    def reload(self) -> None:
        """Press TensorBoard's reload button."""
        self.page.locator("button.reload-button").click()


@pytest.fixture
def tab(browser: Browser, tensorboard: StartTensorBoard) -> Iterator[Tab]:
    """A fresh browser page. A script error or a refused resource of ours fails the test, whatever it asserts.

    It needs no server of its own, but must be closed before those that the test has started.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    tab = Tab(context.new_page())

    def on_console(message: ConsoleMessage) -> None:
        # TensorBoard's own page is not ours to judge.
        if message.type == "error" and "losshealth" in message.location.get("url", ""):
            tab.errors.append(message.text)

    tab.page.on("console", on_console)
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    yield tab
    context.close()
    assert tab.errors == []


def _pair(gap: Callable[[float], float]) -> dict[str, Points]:
    """A falling train loss and its validation loss, noisy, over steps 10 to 600; `gap` of the part done."""
    rng = np.random.default_rng(0)
    train: Points = []
    val: Points = []
    for i, done in enumerate(np.linspace(0, 1, 60)):
        falling = 1.6 * float(np.exp(-8 * done)) + 0.1
        train.append((10 * i + 10, falling + float(rng.normal(0, 0.005))))
        val.append((10 * i + 10, falling + gap(float(done)) + float(rng.normal(0, 0.005))))
    return {"loss/train": train, "loss/val": val}


@pytest.fixture(scope="session")
def healthy() -> dict[str, Points]:
    """A pair that converges."""
    return _pair(lambda _: 0.02)


@pytest.fixture(scope="session")
def sick() -> dict[str, Points]:
    """A pair that overfits from about step 250 on."""
    return _pair(lambda done: 0.05 + 1.2 * max(0.0, done - 0.4))


@pytest.fixture
def two_runs(write_run: WriteRun, logdir: Path, healthy: dict[str, Points], sick: dict[str, Points]) -> Path:
    """A log of its own with one converged and one overfitting run, for a test that changes it."""
    write_run("a_good", healthy)
    write_run("b_bad", sick)
    return logdir


@pytest.fixture(scope="session")
def two_runs_server(
    tmp_path_factory: pytest.TempPathFactory, healthy: dict[str, Points], sick: dict[str, Points]
) -> Iterator[Server]:
    """A TensorBoard over the same two runs, for all tests that only look at them."""
    yield from serve_runs(tmp_path_factory.mktemp("shared"), {"a_good": healthy, "b_bad": sick})


def serve_runs(folder: Path, runs: Mapping[str, Mapping[str, Points]]) -> Iterator[Server]:
    """Write these runs below a folder and serve them until the generator is closed."""
    with warnings.catch_warnings():
        # Values that are not finite are meant here.
        warnings.simplefilter("ignore")
        for run, tags in runs.items():
            with SummaryWriter(str(folder / "runs" / run)) as writer:
                for tag, points in tags.items():
                    for step, value in points:
                        writer.add_scalar(tag, value, step, walltime=1.7e9 + step % 10**6)
    server = _start("--logdir", str(folder / "runs"), port=None, log=folder / "tensorboard.log")
    yield server
    server.stop()


@pytest.fixture
def charts(tab: Tab, two_runs_server: Server) -> Tab:
    """The tab with the overfitting pair drawn."""
    tab.open(two_runs_server)
    expect(tab.heading).to_have_text("b_bad")
    assert min(tab.charts()) > 2000
    return tab


def middle(locator: Locator) -> tuple[float, float]:
    """Where an element's middle is on the page."""
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hashed_view(url: str) -> dict[str, str]:
    """Our part of TensorBoard's URL."""
    return dict(re.findall(r"p\.losshealth\.(\w+)=([^&]*)", url))


def saved(tab: Tab, item: str) -> Download:
    """Save something by the menu of the pair or pairs that are shown."""
    tab.frame.get_by_role("button", name="Save", exact=True).click()
    with tab.page.expect_download() as download:
        tab.frame.get_by_role("menuitem", name=item).click()
    value: Download = download.value
    return value


def follow(tab: Tab, link: str) -> None:
    """Open a link as somebody does to whom it was sent."""
    tab.page.goto("about:blank")
    tab.page.goto(link)


def drag(tab: Tab, plot: Locator, start: float, end: float) -> None:
    """Drag over a plot, from and to these parts of its width."""
    box = plot.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    tab.page.mouse.move(box["x"] + start * box["width"], y)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + end * box["width"], y, steps=5)
    tab.page.mouse.up()
