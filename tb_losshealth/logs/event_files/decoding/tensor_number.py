"""The number in a tensor that holds exactly one."""

from __future__ import annotations

from typing import Any

import numpy as np
from tensorboard.compat.proto import types_pb2

# dtype -> (as raw bytes in tensor_content, the repeated field that holds it otherwise)
_FORMS = {
    types_pb2.DT_FLOAT: ("<f4", "float_val"),
    types_pb2.DT_DOUBLE: ("<f8", "double_val"),
    types_pb2.DT_HALF: ("<f2", "half_val"),
    types_pb2.DT_BFLOAT16: ("<u2", "half_val"),
    types_pb2.DT_BOOL: ("?", "bool_val"),
    types_pb2.DT_INT8: ("i1", "int_val"),
    types_pb2.DT_INT16: ("<i2", "int_val"),
    types_pb2.DT_INT32: ("<i4", "int_val"),
    types_pb2.DT_INT64: ("<i8", "int64_val"),
    types_pb2.DT_UINT8: ("u1", "int_val"),
    types_pb2.DT_UINT16: ("<u2", "int_val"),
    types_pb2.DT_UINT32: ("<u4", "uint32_val"),
    types_pb2.DT_UINT64: ("<u8", "uint64_val"),
    types_pb2.DT_QINT8: ("i1", "int_val"),
    types_pb2.DT_QINT16: ("<i2", "int_val"),
    types_pb2.DT_QINT32: ("<i4", "int_val"),
    types_pb2.DT_QUINT8: ("u1", "int_val"),
    types_pb2.DT_QUINT16: ("<u2", "int_val"),
}


def tensor_number(tensor: Any) -> float | None:
    """The number in a TensorProto of rank 0 or with a single element; None where it is something else.

    Raises:
        ValueError: the tensor claims to hold a number and does not.
    """
    if tensor.dtype not in _FORMS or any(dim.size != 1 for dim in tensor.tensor_shape.dim):
        return None
    raw, field = _FORMS[tensor.dtype]
    if tensor.tensor_content:
        numbers = np.frombuffer(tensor.tensor_content, dtype=raw)
    else:
        stored = np.array(list(getattr(tensor, field)))
        numbers = stored.astype("<u2" if field == "half_val" else raw)
        if not (numbers == stored).all() and not np.isnan(stored).any():
            raise ValueError(f"{stored[0]} does not fit the tensor's type")
        numbers = numbers.view(raw)
    if len(numbers) != 1:
        raise ValueError(f"the tensor's shape is for 1 number, and it has {len(numbers)}")
    if tensor.dtype == types_pb2.DT_BFLOAT16:  # the upper half of a float32
        numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
    return float(numbers[0])
