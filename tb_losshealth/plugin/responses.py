"""HTTP answers. Most of what a request costs is compression, so it is light and for those alone who take it."""

from __future__ import annotations

import gzip
from typing import Any

from tensorboard.backend import http_util
from werkzeug import wrappers

from tb_losshealth.present.encoding import encode

# Half the time of zlib's third level, and on curves 5 % more bytes.
GZIP_LEVEL = 1

Headers = list[tuple[str, str]]


def error_response(
    request: wrappers.Request, code: int, message: str, headers: Headers | None = None
) -> wrappers.Response:
    """An error as the page expects it."""
    return respond(request, encode({"error": message}), code=code, headers=headers)


def respond(
    request: wrappers.Request,
    content: bytes,
    mimetype: str = "application/json",
    code: int = 200,
    headers: Headers | None = None,
) -> wrappers.Response:
    """An answer with TensorBoard's headers, compressed for a client that takes it."""
    packed: dict[str, Any] = {}
    if request.accept_encodings.quality("gzip") > 0:
        # The same bytes for the same content, whenever it is asked for.
        content, packed = gzip.compress(content, GZIP_LEVEL, mtime=0), {"content_encoding": "gzip"}
    response: wrappers.Response = http_util.Respond(request, content, mimetype, code=code, headers=headers, **packed)
    return response
