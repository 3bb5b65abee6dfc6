"""Import of a framework that may not be installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def optional_import(module: str, extra: str) -> Any:
    """Imports a module of the training framework that `extra` of this package installs.

    Raises:
        ModuleNotFoundError: the framework is not installed; the message has the command that installs it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error}; this needs: pip install 'tb-losshealth[{extra}]'", name=error.name
        ) from error
