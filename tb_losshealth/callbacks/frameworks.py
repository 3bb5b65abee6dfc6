"""Imports a framework, or says how to install it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def framework(module: str, extra: str) -> Any:
    """Imports a module of a training framework.

    Args:
        module: its name.
        extra: the extra of this package that installs it.

    Raises:
        ModuleNotFoundError: the framework is not installed; says how to do that.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error}; this needs: pip install 'tb-losshealth[{extra}]'", name=error.name
        ) from error
