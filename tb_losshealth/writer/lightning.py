"""The import path of version 0.1: `tb_losshealth.callbacks.lightning` holds it now."""

from tb_losshealth.callbacks.lightning import LossHealthCallback, LossHealthLogger

__all__ = ["LossHealthCallback", "LossHealthLogger"]
