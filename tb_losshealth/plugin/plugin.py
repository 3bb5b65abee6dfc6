"""The TensorBoard plugin: routes over a scan of the logdir."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tensorboard.plugins import base_plugin
from werkzeug import wrappers

from tb_losshealth.pairing.declarations import PLUGIN_NAME
from tb_losshealth.plugin import answers, parameters, trial
from tb_losshealth.plugin.logdirs import watched_logdir
from tb_losshealth.plugin.overview import Overview
from tb_losshealth.plugin.responses import error_response, respond
from tb_losshealth.plugin.service import HealthService, Snapshot
from tb_losshealth.present.encoding import encode
from tb_losshealth.present.saved_page import STATIC

logger = logging.getLogger(__name__)

TAB_NAME = "Loss Health"
# Types by hand: Windows' registry may call JavaScript text/plain, and a browser then refuses the module.
STATIC_TYPES = {"index.js": "text/javascript", "style.css": "text/css", "LICENSES.txt": "text/plain"}

# The parameters that say which part of a curve is wanted.
VIEW = ("width", "from", "to")

# Drawn in place of the page, which would be blank and give no reason.
NO_BUNDLE = """export function render() {
  document.body.textContent =
    "The Loss Health page was not bundled with this installation of tb-losshealth: reinstall it.";
}
"""

Answer = Callable[[wrappers.Request], wrappers.Response]


class LossHealthPlugin(base_plugin.TBPlugin):  # type: ignore[misc]  # tensorboard has no types
    """Serves the Loss Health tab.

    Args:
        context: TensorBoard's; any of its fields may be None.
    """

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._service = HealthService(watched_logdir(context))
        self._overview_rows = Overview(self._service.watched.shown)

    def get_plugin_apps(self) -> dict[str, Any]:
        """Routes, below `data/plugin/losshealth`."""
        tags = ("train_run", "train_tag", "val_run", "val_tag", "mode")
        routes: dict[str, tuple[Answer, tuple[str, ...]]] = {
            "/overview": (self._overview, ("since", "limit", "after", "spark")),
            "/pair": (partial(self._data, answers.pair), ("id", *VIEW, "training")),
            "/sparks": (partial(self._data, answers.sparks), ("ids",)),
            "/trial": (partial(self._data, trial.trial), (*tags, *VIEW, "training")),
            "/unpaired": (partial(self._data, trial.unpaired), ("contains",)),
            "/train_only": (partial(self._data, answers.train_only), ("id", *VIEW)),
        }
        data = {path: partial(_guarded, partial(_checked, *route)) for path, route in routes.items()}
        static = {f"/{name}": partial(_guarded, partial(_static, name)) for name in STATIC_TYPES}
        return {path: wrappers.Request.application(answer) for path, answer in {**data, **static}.items()}

    def is_active(self) -> bool:
        """Left to `data_plugin_names`, which TensorBoard looks at first."""
        return False

    def data_plugin_names(self) -> tuple[str, ...]:
        """The tab is active wherever there are scalars or declared pairs."""
        return ("scalars", PLUGIN_NAME)

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """Tab name and the module whose `render()` draws the page."""
        return base_plugin.FrontendMetadata(es_module_path="/index.js", tab_name=TAB_NAME)

    def _overview(self, request: wrappers.Request) -> wrappers.Response:
        # Further pages are of what the first one has read.
        snapshot = self._service.last if "after" in request.args else self._service.refreshed()
        return respond(request, self._overview_rows.answer(snapshot, request.args))

    def _data(
        self, answer: Callable[[Snapshot, Mapping[str, str]], Mapping[str, object]], request: wrappers.Request
    ) -> wrappers.Response:
        return respond(request, encode(answer(self._service.last, request.args)))


def _checked(answer: Answer, names: tuple[str, ...], request: wrappers.Request) -> wrappers.Response:
    """The answer to a request with these parameters alone."""
    parameters.check_names(request.args, names)
    return answer(request)


def _static(name: str, request: wrappers.Request) -> wrappers.Response:
    try:
        content = (STATIC / name).read_bytes()
    except OSError:
        if name == "index.js":
            return respond(request, NO_BUNDLE.encode(), STATIC_TYPES[name])
        return error_response(request, 404, f"{name} was not bundled with this installation; reinstall tb-losshealth")
    return respond(request, content, STATIC_TYPES[name])


def _guarded(answer: Answer, request: wrappers.Request) -> wrappers.Response:
    if request.method not in ("GET", "HEAD"):
        return error_response(request, 405, f"{request.method} is not allowed here; use GET", [("Allow", "GET, HEAD")])
    try:
        return answer(request)
    except parameters.BadParameter as error:
        return error_response(request, 400, str(error))
    except answers.UnknownId as error:
        return error_response(request, 404, error.args[0])
    except Exception:
        logger.exception("%s failed", request.path)
        return error_response(request, 500, "this is a bug in tb_losshealth; TensorBoard's log has the details")
