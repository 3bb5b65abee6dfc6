"""The import path of version 0.1: `tb_losshealth.callbacks.ignite` holds it now."""

from tb_losshealth.callbacks.ignite import LossHealthHandler, LossHealthLogger

__all__ = ["LossHealthHandler", "LossHealthLogger"]
