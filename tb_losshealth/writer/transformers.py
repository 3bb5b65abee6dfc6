"""The import path of version 0.1: `tb_losshealth.callbacks.transformers` holds it now."""

from tb_losshealth.callbacks.transformers import LossHealthCallback

__all__ = ["LossHealthCallback"]
