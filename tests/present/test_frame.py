"""The scan as a data frame."""

from __future__ import annotations

import pandas as pd  # type: ignore[import-untyped, unused-ignore]

from tb_losshealth import ScanResult


def test_one_row_a_pair_with_types_that_can_lack_values(result: ScanResult) -> None:
    frame = result.to_pandas()
    assert frame["verdict"].tolist() == ["overfitting", "converged"]
    assert frame["best_step"].tolist() == [report.diagnosis.best_step for report in result]
    assert str(frame["onset_step"].dtype) == "Int64"
    assert frame["onset_step"].isna().tolist() == [False, True]
    onset = result[0].diagnosis.onset
    assert onset is not None
    assert frame["onset_low"][0] == onset.low


def test_an_empty_scan_has_the_same_columns(result: ScanResult) -> None:
    empty = ScanResult().to_pandas()
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes, result.to_pandas().dtypes)
