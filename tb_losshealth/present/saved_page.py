"""The page in one file: the bundled page, and in place of a server the answers that it would give.

The frontend's `saved_page.js` draws it; here the file is put together.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tb_losshealth.present import api_types as api
from tb_losshealth.present.encoding import encode_ascii

STATIC = Path(__file__).parents[1] / "plugin" / "static"
"""Where building the package puts the bundled page; the plugin serves it from there."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The parts of a saved page that are the same in each one.

    Attributes:
        script: a module, in ASCII, in which nothing ends a `<script>` element; esbuild sees to both.
        style: the style sheet, likewise.
        licences: of the libraries in the script.
    """

    script: str
    style: str
    licences: str


def read_bundle() -> Bundle:
    """Reads the bundled page.

    Raises:
        OSError: the page was not bundled with this installation.
    """
    return Bundle(*((STATIC / name).read_text("utf-8") for name in ("saved_page.js", "style.css", "LICENSES.txt")))


def saved_page(
    bundle: Bundle,
    title: str,
    overview: api.OverviewHead,
    pairs: Iterator[api.SavedPair],
    train_only: Iterator[api.SavedTrainOnly],
) -> Iterator[str]:
    """Yields the file piece by piece, so that no more than one pair is in memory.

    Args:
        bundle: the bundled page.
        title: of the window.
        overview: the answer to `overview`, without its rows.
        pairs: worst first.
        train_only: losses without validation.
    """
    yield "<!doctype html>\n"
    yield f"<!--\n{bundle.licences.replace('--', '- -')}\n-->\n"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(bundle)}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(title)}</title>\n"
    yield f"<style>{bundle.style}</style>\n"
    yield "</head><body>\n"
    yield '<script type="application/json" id="data">'
    yield '{"overview":' + _inert(overview)
    for name, items in (("pairs", pairs), ("train_only", train_only)):
        yield f',"{name}":['
        for number, item in enumerate(items):
            yield ("," if number else "") + "\n" + _inert(item)
        yield "]"
    yield "}</script>\n"
    yield f'<script type="module">{bundle.script}</script>\n</body></html>\n'


def _policy(bundle: Bundle) -> str:
    """A Content-Security-Policy that allows this script and this style sheet: no server, no other file, no address."""
    allowed = {"script-src": bundle.script, "style-src": bundle.style}
    hashes = [f"{kind} 'sha256-{_sha256(content)}'" for kind, content in allowed.items()]
    return "; ".join(["default-src 'none'", *hashes, "img-src data: blob:", "base-uri 'none'", "form-action 'none'"])


def _sha256(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")


def _inert(value: object) -> str:
    """JSON in which no text can end the element it stands in."""
    return encode_ascii(value).replace("<", "\\u003c")
