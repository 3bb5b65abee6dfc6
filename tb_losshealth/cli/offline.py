"""The page in one file: the bundle that TensorBoard gets, and in place of its server the answers that it would give."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import tb_losshealth
from tb_losshealth.cli.errors import CommandError
from tb_losshealth.present.encoding import encode_ascii

Json = dict[str, Any]

# Where building the package puts the page; the plugin serves it from there.
STATIC = Path(tb_losshealth.__path__[0]) / "plugin" / "static"

# Nothing but this file: no server, no other file, no address.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline' data:; "
    "img-src data: blob:; font-src data:"
)

ANSWERS = r"""
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (list) => new Map(list.map((item) => [item.id, item]));
const pairs = byId(data.pairs), alone = byId(data.train_only);

/** The part of parallel lists from..to, and one neighbour on each side so that lines run off the edge. */
function cut(curve, from, to) {
  if (!curve) return curve;
  const { steps } = curve;
  let low = 0, high = steps.length;
  if (from !== null) while (low < high && steps[low] < from) low++;
  if (to !== null) while (high > low && steps[high - 1] > to) high--;
  low = Math.max(low - 1, 0);
  const part = (value) => (Array.isArray(value) ? value.slice(low, high + 1) : value);
  const shown = Object.fromEntries(Object.entries(curve).map(([name, value]) => [name, part(value)]));
  // The file holds no finer points of a part than these.
  return from === null && to === null ? shown : { ...shown, decimated: false };
}

function view(detail, query) {
  const step = (name) => (query.has(name) ? Number(query.get(name)) : null);
  const shown = { version: 1, ...detail };
  for (const name of ["train", "val", "test", "gap"]) {
    if (name in shown) shown[name] = cut(shown[name], step("from"), step("to"));
  }
  return shown;
}

const routes = {
  overview(query) {
    const known = query.has("since");
    const rows = (list) => (known ? [] : list.map((item) => item.row));
    return { ...data.overview, since: known ? 1 : null, pairs: rows(data.pairs), train_only: rows(data.train_only) };
  },
  sparks(query) {
    const ids = query.get("ids").split(",").filter((id) => pairs.has(id));
    return { version: 1, sparks: Object.fromEntries(ids.map((id) => [id, pairs.get(id).spark])) };
  },
  pair(query) {
    const trainings = pairs.get(query.get("id"))?.trainings;
    return trainings && view(trainings[query.get("training") ?? trainings.length - 1] ?? trainings.at(-1), query);
  },
  train_only(query) {
    const found = alone.get(query.get("id"));
    return found && view(found.detail, query);
  },
  unpaired(query) {
    const text = (query.get("contains") ?? "").toLowerCase();
    const { tags, total } = data.overview.unpaired;
    const found = tags.filter(({ run, tag }) => `${run}\n${tag}`.toLowerCase().includes(text));
    return { version: 1, total: text ? found.length : total, tags: found };
  },
};

window.fetch = async (address) => {
  const { pathname, searchParams } = new URL(address, "http://report/");
  const answer = routes[pathname.slice(1)]?.(searchParams);
  const body = answer ?? { error: "This is a saved report; ask TensorBoard's Loss Health tab." };
  return new Response(JSON.stringify(body), { status: answer ? 200 : 404 });
};
"""

START = """
const inlined = (name, type) => `data:${type};base64,${document.getElementById(name).textContent}`;
// The page links its style sheet by a relative address.
const link = Object.getOwnPropertyDescriptor(HTMLLinkElement.prototype, "href");
Object.defineProperty(HTMLLinkElement.prototype, "href", {
  ...link,
  set(address) {
    link.set.call(this, address === "./style.css" ? inlined("style", "text/css") : address);
  },
});
const { render } = await import(inlined("page", "text/javascript"));
await render();
"""


def page(title: str, overview: Json, pairs: Iterator[Json], train_only: Iterator[Json]) -> Iterator[str]:
    """The file, piece by piece.

    Args:
        title: of the window.
        overview: the answer to `overview`, without its rows.
        pairs: for each "id", "row", "spark" and "trainings", the answers to `pair` for each training.
        train_only: for each "id", "row" and "detail", the answer to `train_only`.

    Raises:
        CommandError: the page was not bundled with this installation.
    """
    script, style, licences = (_bundled(name) for name in ("index.js", "style.css", "LICENSES.txt"))
    yield "<!doctype html>\n"
    yield f"<!--\n{licences.decode('utf-8', 'replace').replace('--', '- -')}\n-->\n"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(title)}</title>"
    yield "</head><body>\n"
    yield '<script type="application/json" id="data">'
    yield '{"overview":' + _inert(overview)
    for name, items in (("pairs", pairs), ("train_only", train_only)):
        yield f',"{name}":['
        for number, item in enumerate(items):
            yield ("," if number else "") + "\n" + _inert(item)
        yield "]"
    yield "}</script>\n"
    for name, content in (("page", script), ("style", style)):
        yield f'<script type="text/plain" id="{name}">{base64.b64encode(content).decode("ascii")}</script>\n'
    yield f"<script>{ANSWERS}</script>\n"
    yield f'<script type="module">{START}</script>\n</body></html>\n'


def _inert(value: Json) -> str:
    """JSON in which no text can end the element it stands in."""
    return encode_ascii(value).replace("<", "\\u003c")


def _bundled(name: str) -> bytes:
    try:
        return (STATIC / name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} was not bundled with this installation; reinstall tb-losshealth") from error
