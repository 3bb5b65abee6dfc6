"""Take the README's picture of the Loss Health tab. Usage: python docs/images/screenshot.py LOGDIR OUT.png [--dark].

This needs playwright and a Chromium (`LOSSHEALTH_CHROMIUM`, or one on PATH); `tests/run` installs both.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright


def serve(logdir: str) -> tuple[subprocess.Popen[str], str]:
    """Start TensorBoard on a free port; return the process and its address."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", logdir, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://\S+", line):
            return process, found[0]
    raise RuntimeError("TensorBoard did not start")


def take(address: str, out: str, dark: bool) -> None:
    """Open the tab and write a screenshot to `out`."""
    chromium = os.environ.get("LOSSHEALTH_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}#losshealth")
        frame = page.frame_locator('iframe[src*="name=losshealth"]')
        frame.locator("canvas").first.wait_for(timeout=60_000)
        if dark:
            page.evaluate("document.body.classList.add('dark-mode')")
        page.wait_for_timeout(1000)
        page.screenshot(path=out)
        browser.close()


def main() -> None:
    """Serve the logdir, take the screenshot, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logdir")
    parser.add_argument("out")
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args()
    process, address = serve(options.logdir)
    try:
        take(address, options.out, options.dark)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
