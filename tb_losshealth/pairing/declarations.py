"""The summary by which a writer declares its pairs: only this module writes and reads it.

A writer that knows which curves belong together declares them in its event file, under a tag of our own: a tensor
summary whose metadata names this plugin and whose one string holds JSON::

    {"version": 1, "pairs": [{"name": "loss", "mode": "min", "train": {"tag": "loss/train"},
                              "val": {"tag": "loss/val"}, "test": null}]}

A reference may hold "run", relative to the run that holds the summary ("sub", "../other"); without "run" it means
that run. Later declarations of a run replace earlier ones of the same name.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tb_losshealth.pairing.pairs import Mode, TagRef

if TYPE_CHECKING:
    from tensorboard.compat.proto.summary_pb2 import Summary

PLUGIN_NAME = "losshealth"
"""What the metadata of the summary names as its plugin."""

TAG = "_losshealth/pairs"
"""The tag of the summary."""

VERSION = 1
"""Of the JSON content. A later version is refused, since it may mean something else by the same keys."""


@dataclass(frozen=True, slots=True)
class DeclaredPair:
    """A pair as its writer declared it.

    Attributes:
        run: the run that declares it.
        name: what the writer calls the metric.
        mode: "min" where lower is better, else "max".
        train: the train curve. A writer does not know what the viewer will call its run, and calls it ".".
        val: the validation curve.
        test: the curve of a third split, if there is one.
    """

    run: str
    name: str
    mode: Mode
    train: TagRef
    val: TagRef
    test: TagRef | None = None


def encode_declarations(pairs: Iterable[DeclaredPair]) -> bytes:
    """Writes pairs as the JSON content of a declaring summary that goes to their `run`."""

    def reference(run: str, ref: TagRef) -> dict[str, str]:
        relative = posixpath.relpath("/" + ref.run, "/" + run)
        return {"tag": ref.tag} if relative == "." else {"run": relative, "tag": ref.tag}

    def content(pair: DeclaredPair) -> dict[str, object]:
        curves = {"train": pair.train, "val": pair.val, "test": pair.test}
        references = {split: ref and reference(pair.run, ref) for split, ref in curves.items()}
        return {"name": pair.name, "mode": pair.mode, **references}

    return json.dumps({"version": VERSION, "pairs": list(map(content, pairs))}, separators=(",", ":")).encode()


def decode_declarations(run: str, payload: bytes) -> list[DeclaredPair]:
    """Reads the JSON content of a declaring summary found in `run`.

    Raises:
        ValueError: the content is not ours, damaged, or of a later version; the message names the part.
    """
    try:
        content = json.loads(payload)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ValueError(f"declared pairs are not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"declared pairs: expected a JSON object, got {_kind(content)}")
    version = content.get("version")
    if type(version) is not int:
        raise ValueError(f'declared pairs: "version" must be a whole number, got {_kind(version)}')
    if version > VERSION:
        raise ValueError(
            f"declared pairs are of version {version}, this tb_losshealth knows up to {VERSION}: upgrade it"
        )
    pairs = content.get("pairs")
    if not isinstance(pairs, list):
        raise ValueError(f'declared pairs: "pairs" must be a list, got {_kind(pairs)}')
    return [_decode_pair(run, f"pairs[{index}]", pair) for index, pair in enumerate(pairs)]


def declaration_summary(payload: bytes) -> Summary:
    """Wraps the JSON content into the summary that event files hold."""
    from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING

    metadata = SummaryMetadata(
        plugin_data=SummaryMetadata.PluginData(plugin_name=PLUGIN_NAME),
        summary_description="Pairs of train and validation curves, for the Loss Health tab.",
        data_class=DATA_CLASS_TENSOR,
    )
    tensor = TensorProto(dtype=DT_STRING, tensor_shape=TensorShapeProto(), string_val=[payload])
    return Summary(value=[Summary.Value(tag=TAG, metadata=metadata, tensor=tensor)])


def _decode_pair(run: str, where: str, pair: Any) -> DeclaredPair:
    if not isinstance(pair, dict):
        raise ValueError(f"declared pairs: {where} must be an object, got {_kind(pair)}")
    mode = pair.get("mode")
    if mode not in ("min", "max"):
        raise ValueError(f'declared pairs: {where}.mode must be "min" or "max", got {_kind(mode)}')
    test = pair.get("test")
    declared = DeclaredPair(
        run=run,
        name=_text(f"{where}.name", pair.get("name")),
        mode=mode,
        train=_decode_ref(run, f"{where}.train", pair.get("train")),
        val=_decode_ref(run, f"{where}.val", pair.get("val")),
        test=None if test is None else _decode_ref(run, f"{where}.test", test),
    )
    if declared.train == declared.val:
        raise ValueError(f"declared pairs: {where} has the same curve as train and val: {declared.train}")
    return declared


def _decode_ref(run: str, where: str, ref: Any) -> TagRef:
    if not isinstance(ref, dict):
        raise ValueError(f"declared pairs: {where} must be an object, got {_kind(ref)}")
    relative = ref.get("run", ".")
    if not isinstance(relative, str) or relative.startswith("/"):
        raise ValueError(f"declared pairs: {where}.run must be a run relative to this one")
    target = posixpath.normpath(posixpath.join(run, relative or "."))
    if target == ".." or target.startswith("../"):
        raise ValueError(f"declared pairs: {where}.run leads out of the log directory: {relative!r}")
    return TagRef(target, _text(f"{where}.tag", ref.get("tag")))


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"declared pairs: {where} must be a text that is not empty, got {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, (str, int, float)) else type(value).__name__
