"""In a frame of another origin, as notebooks show TensorBoard: the surrounding page is out of reach."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def other_origin() -> Iterator[str]:
    """A server of another origin than TensorBoard's, whose page frames the address in its query."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            _, _, address = self.path.partition("?")
            self.wfile.write(f'<iframe src="{address}" width="1200" height="700"></iframe>'.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_all_but_theme_and_link_works_without_the_host(tab, two_runs_server, other_origin: str):
    tab.page.goto(f"{other_origin}?{two_runs_server.url}data/plugin_entry.html?name=losshealth")
    expect(tab.rows).to_have_count(2)
    tab.row("a_good").click()
    expect(tab.heading).to_have_text("a_good")
    tab.frame.get_by_role("searchbox").fill("bad")
    expect(tab.heading).to_have_text("b_bad")
