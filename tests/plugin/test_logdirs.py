from __future__ import annotations

import os

import pytest

from tb_losshealth.plugin.logdirs import parse_logdir_spec


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", {}),
        ("a:/x", {"a": "/x"}),
        ("a:/x,b:/y", {"a": "/x", "b": "/y"}),
        ("/x:y", {"": "/x:y"}),
        ("s3://bucket/x", {"": "s3://bucket/x"}),
        ("a:gs://bucket/x", {"a": "gs://bucket/x"}),
        ("/x/one,/x/two", {"": "/x/one", "two": "/x/two"}),
        ("a:/x,,", {"a": "/x"}),
    ],
)
def test_a_spec_is_read_as_tensorboard_reads_it(spec: str, expected: dict[str, str]) -> None:
    assert parse_logdir_spec(spec) == expected


def test_relative_and_home_folders_become_whole_paths() -> None:
    assert parse_logdir_spec("a:~/x") == {"a": os.path.realpath(os.path.expanduser("~/x"))}
