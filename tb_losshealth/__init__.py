"""Is it overfitting, since when, and which checkpoint do I keep?

The public names are resolved on first use: importing this package imports neither torch nor TensorBoard,
so that TensorBoard can load the plugin quickly and training code pays for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_losshealth.health.diagnosis import Diagnosis, Gap, Onset, Verdict, diagnose
    from tb_losshealth.health.monitor import LossMonitor
    from tb_losshealth.python_api import PairReport, ScanResult, scan
    from tb_losshealth.writer.summary_writer import SummaryWriter as SummaryWriter

__version__ = "0.1.0"

_HOMES = {
    "Diagnosis": "health.diagnosis",
    "Gap": "health.diagnosis",
    "Onset": "health.diagnosis",
    "Verdict": "health.diagnosis",
    "diagnose": "health.diagnosis",
    "LossMonitor": "health.monitor",
    "PairReport": "python_api",
    "ScanResult": "python_api",
    "scan": "python_api",
    "SummaryWriter": "writer.summary_writer",
}

# SummaryWriter is public too; it needs torch, which `import *` must not.
__all__ = [
    "Diagnosis",
    "Gap",
    "LossMonitor",
    "Onset",
    "PairReport",
    "ScanResult",
    "Verdict",
    "diagnose",
    "scan",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ImportError as error:
        if name != "SummaryWriter":
            raise
        raise ImportError(f"{__name__}.{name} needs PyTorch: pip install 'tb-losshealth[torch]' ({error})") from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
