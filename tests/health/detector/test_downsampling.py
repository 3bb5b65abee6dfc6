from __future__ import annotations

import numpy as np
import pytest

from tb_losshealth.health.detector.downsampling import (
    MAX_BLOCKS,
    StreamingDownsampler,
    downsample_last,
    downsample_mean,
    first_new_block,
    level_for,
)


@pytest.mark.parametrize("count", [0, 1, MAX_BLOCKS, MAX_BLOCKS + 1, 2 * MAX_BLOCKS, 2 * MAX_BLOCKS + 1, 5000])
def test_blocks_filled_one_by_one_are_the_same_and_few(count: int) -> None:
    values = np.random.default_rng(count).standard_normal(count)
    blocks = StreamingDownsampler()
    for value in values.tolist():
        blocks.add(value)
    level = level_for(count)
    assert blocks.level == level
    assert blocks.means().tolist() == downsample_mean(values, level).tolist()
    assert count >> level <= MAX_BLOCKS
    if level:
        assert count >> level >= MAX_BLOCKS // 2
        assert blocks.means()[0] == pytest.approx(values[: 1 << level].mean())


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_the_first_new_block_continues_where_the_level_below_ended(level: int) -> None:
    steps = np.arange(MAX_BLOCKS << level)
    below = downsample_last(steps, level - 1)[-1] if level else -1
    ends = downsample_last(steps, level)
    assert np.flatnonzero(ends > below)[0] == first_new_block(level)
