"""The table in a notebook."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from tb_losshealth import ScanResult


class Elements(HTMLParser):
    """Collects what a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data


def test_a_scan_shows_its_pairs_worst_first_and_no_name_is_markup(result: ScanResult) -> None:
    found = Elements(result._repr_html_())
    assert found.open == []
    assert set(found.tags) == {"p", "table", "thead", "tbody", "tr", "th", "td", "b", "svg", "polyline"}
    assert found.tags.count("tr") == 3
    assert found.cells[0].endswith("overfitting")
    assert found.cells[1] == "<script>alert(1)<|script>$x_1$ & \\x1b"
    assert "1 without validation: see .train_only" in result._repr_html_()


def test_a_report_shows_its_reason(result: ScanResult) -> None:
    html = result[1]._repr_html_()
    assert Elements(html).open == []
    assert escape(result[1].diagnosis.reason) in html


def test_where_there_is_no_html_one_line_is_shown(result: ScanResult) -> None:
    assert repr(result) == "<ScanResult: 2 pairs in 3 runs: 1 overfitting, 1 converged>"


def test_an_empty_scan_says_so() -> None:
    assert ScanResult()._repr_html_() == "<p>0 pairs in 0 runs</p>"
