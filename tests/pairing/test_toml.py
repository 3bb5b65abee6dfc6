from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_losshealth.pairing.declarations import DeclaredPair
from tb_losshealth.pairing.pair_finder import PairFinder, Pairing, TagFacts, TagRef, find_pairs
from tb_losshealth.pairing.toml import parse_rules
from tb_losshealth.pairing.toml_rules import Pattern, Rules


def load(text: str) -> Rules:
    return parse_rules(textwrap.dedent(text), "losshealth.toml")


def facts(*tags: str, run: str = "exp") -> list[TagFacts]:
    return [TagFacts(run, tag, 10, 0.1, 1.0, 1.0, 0.1 + at / 100) for at, tag in enumerate(tags)]


def pairs(pairing: Pairing) -> list[tuple[str, str, str, str, str]]:
    return [(pair.name, pair.mode, pair.train.tag, pair.val.tag, pair.source) for pair in pairing.pairs]


@pytest.mark.parametrize(
    ("pattern", "text", "stars"),
    [
        ("loss", "loss", ()),
        ("loss", "losses", None),
        ("*", "", ("",)),
        ("*", "a/b", ("a/b",)),
        ("fit_*", "fit_loss", ("loss",)),
        ("*/fit_*", "a/b/fit_loss", ("a/b", "loss")),
        ("a*b*c", "abbc", ("", "b")),
        ("a*a", "a", None),
        ("[*]", "[x]", ("x",)),
        ("a*b", "axbx", None),
        (r"a\*b", "a*b", ()),
        (r"a\*b", "axb", None),
        (r"\**", "*x", ("x",)),
    ],
)
def test_a_star_stands_for_any_text(pattern: str, text: str, stars: tuple[str, ...] | None) -> None:
    assert Pattern.of(pattern).match(text) == stars


@given(st.lists(st.text(alphabet="ab*", max_size=5), max_size=6))
def test_a_pattern_matches_what_it_is_filled_with(filling: list[str]) -> None:
    pieces = ["x", *filling, "y"]
    text = "".join(piece.replace("*", "") for piece in pieces)
    assert Pattern.of("*".join(piece.replace("*", "") for piece in pieces)).match(text) is not None


@given(st.text())
def test_an_escaped_text_matches_itself_alone(text: str) -> None:
    pattern = Pattern.of(Pattern.escape(text))
    assert (pattern.match(text), pattern.match(text + "x")) == ((), None)


def test_many_stars_take_no_time() -> None:
    assert Pattern.of("*a" * 200 + "*b").match("a" * 100_000) is None


def test_a_pair_that_names_do_not_tell_is_added() -> None:
    rules = load("""
        [[pair]]
        run = "exp*"
        train = "fit_*"
        val = "check_*"
        """)
    tags = facts("fit_loss", "check_loss", "fit_acc", "check_acc", "check_other")
    assert pairs(find_pairs(tags)) == []
    assert pairs(find_pairs(tags, rules=rules)) == [
        ("fit_loss", "min", "fit_loss", "check_loss", "override"),
        ("fit_acc", "max", "fit_acc", "check_acc", "override"),
    ]


def test_a_pair_takes_name_mode_and_test_from_its_rule() -> None:
    rules = load("""
        [[pair]]
        train = "fit_*"
        val = "check_*"
        test = "final_*"
        name = "my *"
        mode = "max"
        """)
    (pair,) = find_pairs(facts("fit_kendo", "check_kendo", "final_kendo"), rules=rules).pairs
    assert (pair.name, pair.mode, pair.test) == ("my kendo", "max", TagRef("exp", "final_kendo"))
    assert pair.reason == "Added by line 2 of losshealth.toml."


def test_a_pair_may_lie_across_runs() -> None:
    rules = load("""
        [[pair]]
        train_run = "*/fit"
        val_run = "*/check"
        train = "loss"
        val = "loss"
        """)
    tags = [fact for run in ("a/fit", "a/check", "b/fit", "c/check") for fact in facts("loss", run=run)]
    (pair,) = find_pairs(tags, rules=rules).pairs
    assert (pair.run, pair.train.run, pair.val.run) == ("a", "a/fit", "a/check")


def test_a_rule_beats_declaration_and_grammar() -> None:
    rules = load("""
        [[pair]]
        train = "train_loss"
        val = "holdout_loss"
        """)
    declared = [DeclaredPair("exp", "loss", "min", TagRef("exp", "train_loss"), TagRef("exp", "holdout_loss"))]
    tags = facts("train_loss", "val_loss", "holdout_loss")
    found = find_pairs(tags, declared, rules)
    assert pairs(found) == [("loss", "min", "train_loss", "holdout_loss", "override")]
    assert [str(item.ref) for item in found.unpaired] == ["exp:val_loss"]


def test_a_forbidden_pair_makes_way_for_the_next_best() -> None:
    tags = facts("train_loss_epoch", "train_loss_step", "val_loss")
    assert pairs(find_pairs(tags)) == [("loss", "min", "train_loss_epoch", "val_loss", "grammar")]
    rules = load("""
        [[forbid]]
        train = "*_epoch"
        """)
    assert pairs(find_pairs(tags, rules=rules)) == [("loss", "min", "train_loss_step", "val_loss", "grammar")]


def test_a_forbidden_pair_says_which_line_forbids_it() -> None:
    rules = load("""
        [[forbid]]
        run = "exp"
        train = "train_loss"
        val = "val_loss"
        """)
    found = find_pairs(facts("train_loss", "val_loss"), rules=rules)
    assert found.pairs == ()
    assert found.explain(TagRef("exp", "val_loss")) == "No pair: losshealth.toml forbids it in line 2."


def test_a_declared_pair_can_be_forbidden() -> None:
    declared = [DeclaredPair("exp", "x", "min", TagRef("exp", "alpha"), TagRef("exp", "beta"))]
    assert len(find_pairs(facts("alpha", "beta"), declared).pairs) == 1
    rules = load("""
        [[forbid]]
        train = "alpha"
        """)
    assert find_pairs(facts("alpha", "beta"), declared, rules).pairs == ()


def test_directions_and_names_are_set() -> None:
    rules = load("""
        [[direction]]
        tag = "*kendo"
        mode = "min"

        [[rename]]
        name = "loss"
        to = "cross entropy"
        """)
    tags = facts("train/loss", "val/loss", "train/kendo", "val/kendo")
    found = find_pairs(tags, rules=rules)
    assert {(pair.name, pair.mode, pair.flags) for pair in found.pairs} == {
        ("cross entropy", "min", ()),
        ("kendo", "min", ()),
    }


def test_the_last_of_two_rules_counts() -> None:
    rules = load("""
        [[direction]]
        name = "loss"
        mode = "min"
        [[direction]]
        name = "*"
        mode = "max"
        """)
    (pair,) = find_pairs(facts("train/loss", "val/loss"), rules=rules).pairs
    assert pair.mode == "max"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[[pair]]\ntrain = "a"', 1, '[[pair]] lacks "val"; expected val = "..."'),
        ('\n[[pair]]\ntrain = "a"\nvall = "b"', 4, '"vall" is unknown in [[pair]]; expected train, val, run'),
        (
            '[[pairs]]\ntrain = "a"',
            1,
            '"pairs" is unknown; expected one of [[pair]], [[forbid]], [[direction]], [[rename]]',
        ),
        ('[[pair]]\ntrain = 3\nval = "b"', 2, '"train" must be a text that is not empty, got 3'),
        ('[[pair]]\ntrain = "a"\nval = "b"\nmode = "up"', 4, '"mode" must be "min" (lower is better) or "max"'),
        ('[[pair]]\ntrain = "a*"\nval = "b"', 1, '"train" and "val" must hold the same number of *'),
        ('[[pair]]\ntrain = "a"\nval = "b"\nval_run = "c"', 1, 'expected both "train_run" and "val_run"'),
        ("[[forbid]]", 1, "[[forbid]] is empty; expected train, val or run"),
        ('[[direction]]\nmode = "min"', 1, '[[direction]] lacks "tag" or "name"'),
        ('[[rename]]\nname = "a"', 1, '[[rename]] lacks "to"'),
        ("[[pair]]\ntrain = \n", 2, "this is not TOML: invalid value"),
        ("[[pair]]\n\n[[rename\n", 3, "this is not TOML"),
        ("pair = 3", 1, '"pair" must be a table: write [[pair]] on a line of its own'),
    ],
)
def test_a_mistake_gives_file_line_and_what_was_expected(text: str, line: int, message: str) -> None:
    problems = parse_rules(text, "logs/losshealth.toml").problems
    assert any(problem.line == line and message in problem.message for problem in problems), problems
    assert str(problems[0]).startswith(f"logs/losshealth.toml:{problems[0].line}: ")


def test_a_wrong_word_is_answered_with_the_one_meant() -> None:
    (problem,) = load('[[renam]]\nname = "a"\nto = "b"').problems
    assert problem.message.endswith('did you mean "rename"?')


def test_the_rest_still_works_beside_a_mistake() -> None:
    rules = load("""
        [[pair]]
        train = "fit_loss"
        val = check_loss

        [[pair]]
        train = "fit_acc"
        val = "check_acc"

        [[what]]
        """)
    assert [problem.line for problem in rules.problems] == [4, 10]
    tags = facts("fit_loss", "check_loss", "fit_acc", "check_acc")
    assert pairs(find_pairs(tags, rules=rules)) == [("fit_acc", "max", "fit_acc", "check_acc", "override")]


def test_a_rule_that_matches_nothing_is_a_problem() -> None:
    rules = load("""
        [[pair]]
        train = "fit_los"
        val = "check_loss"
        [[rename]]
        name = "loss"
        to = "x"
        """)
    found = find_pairs(facts("fit_loss", "check_loss", "train_loss", "val_loss"), rules=rules)
    assert [str(problem) for problem in found.problems] == [
        "losshealth.toml:2: [[pair]] matches nothing that was logged"
    ]


def test_tables_may_be_written_inline() -> None:
    rules = load('rename = [{ name = "loss", to = "x" }]')
    assert (rules.problems, len(rules.renames)) == ((), 1)


@given(st.text(alphabet='[]pairtrainval="*\n .#{}', max_size=200))
def test_no_text_raises(text: str) -> None:
    rules = parse_rules(text, "losshealth.toml")
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in rules.problems)


def test_rules_hold_for_what_is_logged_later() -> None:
    finder = PairFinder(
        load("""
        [[pair]]
        train_run = "fit"
        val_run = "check"
        train = "loss"
        val = "loss"
        """)
    )
    assert finder.update({"fit": facts("loss", run="fit")}).pairs == ()
    (pair,) = finder.update({"check": facts("loss", run="check")}).pairs
    assert (pair.train.run, pair.val.run, pair.source) == ("fit", "check", "override")
    assert finder.update({}, removed=["check"]).pairs == ()
