"""A scan as a pandas data frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tb_losshealth.present.flat import COLUMNS, flat_row
from tb_losshealth.present.rows import pair_row
from tb_losshealth.reports import PairReport

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]

# Of types that can lack a value and stay whole numbers.
_TYPES = {str: "string", int: "Int64", float: "float64", bool: "boolean"}


def data_frame(reports: Iterable[PairReport]) -> pandas.DataFrame:
    """One row a pair under `flat.COLUMNS`.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError("to_pandas() needs the package pandas: pip install 'tb-losshealth[pandas]'") from error
    rows = [flat_row(pair_row(report)) for report in reports]
    return pandas.DataFrame(rows, columns=list(COLUMNS)).astype({name: _TYPES[kind] for name, kind in COLUMNS.items()})
