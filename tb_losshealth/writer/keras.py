"""The import path of version 0.1: `tb_losshealth.callbacks.keras` holds it now."""

from tb_losshealth.callbacks.keras import LossHealthCallback

__all__ = ["LossHealthCallback"]
