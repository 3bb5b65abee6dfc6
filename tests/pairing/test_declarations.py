from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary

from tb_losshealth.pairing.declarations import (
    PLUGIN_NAME,
    TAG,
    DeclaredPair,
    declaration_summary,
    decode_declarations,
    encode_declarations,
)
from tb_losshealth.pairing.pair_finder import PairFinder, TagFacts, TagRef, find_pairs
from tb_losshealth.pairing.pairs import explicit_pair

NAMES = st.text(min_size=1, max_size=20)
RUNS = st.sampled_from([".", "exp", "exp/sub", "other/a b", "exp/sub/deep"])


def payload(**changes: object) -> bytes:
    pair = {"name": "loss", "mode": "min", "train": {"tag": "a"}, "val": {"tag": "b"}, "test": None, **changes}
    return json.dumps({"version": 1, "pairs": [pair]}).encode()


def facts(*tags: str, run: str = "exp", count: int = 10) -> list[TagFacts]:
    return [TagFacts(run, tag, count, 0.1, 1.0, 1.0, 0.1) for tag in tags]


@given(RUNS, NAMES, st.sampled_from(["min", "max"]), st.builds(TagRef, RUNS, NAMES), st.builds(TagRef, RUNS, NAMES))
def test_what_was_encoded_is_decoded(run: str, name: str, mode: str, train: TagRef, val: TagRef) -> None:
    if train == val:
        return
    pair = DeclaredPair(run, name, mode, train, val, TagRef(run, "test"))  # type: ignore[arg-type]
    assert decode_declarations(run, encode_declarations([pair])) == [pair]


def test_a_writer_need_not_know_its_run() -> None:
    content = encode_declarations([DeclaredPair(".", "loss", "min", TagRef(".", "a"), TagRef("val", "b"))])
    (pair,) = decode_declarations("exp/1", content)
    assert (pair.run, pair.train, pair.val) == ("exp/1", TagRef("exp/1", "a"), TagRef("exp/1/val", "b"))


def test_the_summary_is_a_tensor_of_our_plugin() -> None:
    summary = Summary.FromString(declaration_summary(b'{"x":1}').SerializeToString())
    (value,) = summary.value
    assert (value.tag, value.metadata.plugin_data.plugin_name) == (TAG, PLUGIN_NAME)
    assert value.metadata.data_class == DATA_CLASS_TENSOR
    assert list(value.tensor.string_val) == [b'{"x":1}']


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "declared pairs are not JSON"),
        (b"\xff\xfe", "declared pairs are not JSON"),
        (b"[" * 100_000, "declared pairs are not JSON"),
        (b"[]", "expected a JSON object, got list"),
        (b"{}", '"version" must be a whole number, got None'),
        (b'{"version": true}', '"version" must be a whole number'),
        (b'{"version": 2, "pairs": []}', "are of version 2, this tb_losshealth knows up to 1"),
        (b'{"version": 1}', '"pairs" must be a list, got None'),
        (b'{"version": 1, "pairs": [3]}', "pairs[0] must be an object, got 3"),
        (payload(mode="down"), 'pairs[0].mode must be "min" or "max", got \'down\''),
        (payload(name=""), "pairs[0].name must be a text that is not empty"),
        (payload(train="a"), "pairs[0].train must be an object, got 'a'"),
        (payload(val={"tag": 1}), "pairs[0].val.tag must be a text"),
        (payload(val={"tag": "b", "run": "../../x"}), "pairs[0].val.run leads out of the log directory"),
        (payload(val={"tag": "b", "run": "/etc"}), "pairs[0].val.run must be a run relative to this one"),
        (payload(val={"tag": "a"}), "pairs[0] has the same curve as train and val"),
    ],
)
def test_a_mistake_is_named(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match="declared pairs") as error:
        decode_declarations("exp", content)
    assert message in str(error.value)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_foreign_json_is_a_value_error(content: object) -> None:
    with pytest.raises(ValueError, match="declared pairs"):
        decode_declarations("exp", json.dumps(content).encode())


def declared(name: str, train: str, val: str, run: str = "exp") -> DeclaredPair:
    return DeclaredPair(run, name, "max", TagRef(run, train), TagRef(run, val))


def test_a_declared_pair_beats_the_grammar() -> None:
    tags = facts("train/loss", "val/loss", "holdout")
    (pair,) = find_pairs(tags, [declared("main", "train/loss", "holdout")]).pairs
    assert (pair.name, pair.val.tag, pair.mode, pair.source) == ("main", "holdout", "max", "declared")


def test_the_grammar_pairs_what_was_not_declared() -> None:
    tags = facts("alpha", "beta", "train/loss", "val/loss")
    found = find_pairs(tags, [declared("loss", "alpha", "beta")]).pairs
    assert [(pair.name, pair.source) for pair in found] == [("loss", "declared"), ("loss [val/loss]", "grammar")]


def test_the_last_declaration_of_a_name_counts() -> None:
    tags = facts("alpha", "beta", "gamma")
    (pair,) = find_pairs(tags, [declared("loss", "alpha", "beta"), declared("loss", "alpha", "gamma")]).pairs
    assert pair.val.tag == "gamma"


def test_a_declared_pair_waits_for_its_validation() -> None:
    finder = PairFinder()
    pair = declared("main", "alpha", "beta")
    found = finder.update({"exp": facts("alpha")}, declared={"exp": [pair]})
    (alone,) = found.train_only
    assert (found.pairs, alone.name, alone.mode) == ((), "main", "max")
    assert alone.reason == 'The writer declared "beta" as its validation, which has no point yet.'
    found = finder.update({"exp": facts("alpha", "beta")})
    assert ([pair.name for pair in found.pairs], found.train_only) == (["main"], ())


def test_a_declared_pair_may_point_into_another_run() -> None:
    finder = PairFinder()
    pair = DeclaredPair("exp", "main", "min", TagRef("exp", "alpha"), TagRef("checks/exp", "beta"))
    finder.update({"exp": facts("alpha")}, declared={"exp": [pair]})
    assert [p.name for p in finder.update({"checks/exp": facts("beta", run="checks/exp")}).pairs] == ["main"]
    found = finder.update({}, declared={})
    assert found.pairs == ()
    assert {item.ref.tag for item in found.unpaired} == {"alpha", "beta"}


def test_only_a_declared_loss_is_a_loss() -> None:
    tags = facts("f1", "f1_b", "x", "x_b")
    pairs = [
        DeclaredPair("exp", "f1", "max", TagRef("exp", "f1"), TagRef("exp", "f1_b")),
        DeclaredPair("exp", "x", "min", TagRef("exp", "x"), TagRef("exp", "x_b")),
    ]
    assert {pair.name: pair.is_loss for pair in find_pairs(tags, pairs).pairs} == {"f1": False, "x": True}


def test_whether_a_pair_is_a_loss_is_decided_alike_for_every_explicit_pair() -> None:
    curves = (TagRef(".", "fit_mae"), TagRef(".", "check_mae"), None)
    explicit = explicit_pair(".", "x", "min", curves, reason="", source="override")
    declared = DeclaredPair(".", "x", "min", *curves)
    (found,) = find_pairs(facts("fit_mae", "check_mae", run="."), [declared]).pairs
    assert (found.mode, found.is_loss, explicit.is_loss) == ("min", False, False)
