"""Conditions that a person writes about a pair: `gap < 0.2 and (onset is None or onset > 1000)`.

Python's own parser reads them, so that precedence and chains are as everyone expects; of its syntax only what is
named here is taken, and nothing is ever run as Python.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TypeAlias

Value: TypeAlias = float | str | bool | None
Facts: TypeAlias = Mapping[str, Value]
Words: TypeAlias = Mapping[str, Collection[str]]
_Node: TypeAlias = Callable[[Facts], Value]

MAX_LENGTH = 1000
NO_WORDS: Words = MappingProxyType({})

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {"abs": abs, "min": min, "max": max}


class BadExpression(ValueError):
    """The expression cannot be understood; the message says where and what is allowed."""


class Unknown(Exception):
    """The expression needs a number that this pair does not have; the message says what is unknown."""


class Expression:
    """A condition over named facts.

    Args:
        text: as a person wrote it.
        names: the facts that it may use, each "number", "text" or "truth".
        words: for some texts all that they can be.

    Attributes:
        names: the facts that it does use.

    Raises:
        BadExpression: it is not of the grammar: `and`, `or`, `not`, comparisons, `+ - * /`, abs, min, max, numbers,
            texts in quotes, None, and the names.
    """

    def __init__(self, text: str, names: Mapping[str, str], words: Words = NO_WORDS) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            raise BadExpression(f"the expression is longer than {MAX_LENGTH} characters")
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            said = error.msg if isinstance(error, SyntaxError) else str(error)
            raise BadExpression(f"{text!r} cannot be read: {said}") from None
        try:
            self._evaluate, kind = _Compiler(text, names, words).compile(tree.body)
        except RecursionError:
            raise BadExpression(f"{text[:40]!r}... is nested too deeply") from None
        self.names = tuple(
            dict.fromkeys(part.id for part in ast.walk(tree) if isinstance(part, ast.Name) and part.id in names)
        )
        if kind != "truth":
            raise BadExpression(f"{text!r} is no condition; compare something, as in 'gap < 0.2'")

    def holds(self, facts: Facts) -> bool:
        """Whether the condition holds.

        Raises:
            Unknown: it needs a fact that is None here.
        """
        return bool(self._evaluate(facts))


class _Compiler:
    """Turns a syntax tree into functions, checking the kind of each part: "number", "text", "truth" or "none"."""

    def __init__(self, text: str, names: Mapping[str, str], words: Words) -> None:
        self._text = text
        self._names = names
        self._words = words

    def compile(self, node: ast.expr) -> tuple[_Node, str]:
        handlers: dict[type[ast.expr], Callable[..., tuple[_Node, str]]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._comparison,
            ast.Call: self._call,
        }
        handler = handlers.get(type(node))
        if handler is None:
            raise self._refused(node)
        return handler(node)

    def _constant(self, node: ast.Constant) -> tuple[_Node, str]:
        value = node.value
        if value is None:
            return lambda facts: None, "none"
        if isinstance(value, bool):
            return lambda facts: value, "truth"
        if isinstance(value, (int, float)) and abs(value) < 1e308:
            number = float(value)
            return lambda facts: number, "number"
        if isinstance(value, str):
            return lambda facts: value, "text"
        raise self._refused(node)

    def _name(self, node: ast.Name) -> tuple[_Node, str]:
        name = node.id
        if name not in self._names:
            near = difflib.get_close_matches(name, self._names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise BadExpression(f"{self._text!r} uses {name!r}, which is none of {', '.join(self._names)}{hint}")
        return lambda facts: facts[name], self._names[name]

    def _unary(self, node: ast.UnaryOp) -> tuple[_Node, str]:
        if isinstance(node.op, ast.Not):
            operand = self._expect("truth", node.operand)
            return lambda facts: not operand(facts), "truth"
        if isinstance(node.op, (ast.USub, ast.UAdd)):
            number = self._number(node.operand)
            sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
            return lambda facts: sign * number(facts), "number"
        raise self._refused(node)

    def _binary(self, node: ast.BinOp) -> tuple[_Node, str]:
        apply = _ARITHMETIC.get(type(node.op))
        if apply is None:
            raise self._refused(node)
        left, right = self._number(node.left), self._number(node.right)

        def compute(facts: Facts) -> float:
            try:
                value = apply(left(facts), right(facts))
            except ZeroDivisionError:
                raise Unknown("it divides by zero") from None
            if not math.isfinite(value):  # of inf - inf no comparison holds, and so every negated one
                raise Unknown("a number in it becomes too large")
            return value

        return compute, "number"

    def _boolean(self, node: ast.BoolOp) -> tuple[_Node, str]:
        operands = [self._expect("truth", value) for value in node.values]
        combine = all if isinstance(node.op, ast.And) else any
        return lambda facts: combine(operand(facts) for operand in operands), "truth"

    def _comparison(self, node: ast.Compare) -> tuple[_Node, str]:
        sides = [node.left, *node.comparators]
        links = [self._link(left, op, right) for left, op, right in zip(sides, node.ops, sides[1:], strict=False)]
        return lambda facts: all(link(facts) for link in links), "truth"

    def _link(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Callable[[Facts], bool]:
        order = _ORDER.get(type(op))
        if order is not None:
            low, high = self._number(left), self._number(right)
            return lambda facts: order(low(facts), high(facts))
        if not isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
            raise BadExpression(f"{self._text!r}: compare with < <= > >= == != or 'is None'")
        (first, kind), (second, other) = self.compile(left), self.compile(right)
        if kind != other and "none" not in (kind, other):
            raise BadExpression(f"{self._text!r} compares a {kind} with a {other}")
        self._expect_word(left, right)
        self._expect_word(right, left)
        wanted = isinstance(op, (ast.Eq, ast.Is))
        return lambda facts: (first(facts) == second(facts)) is wanted

    def _expect_word(self, named: ast.expr, node: ast.expr) -> None:
        """Refuses a text that the fact beside it can never be: the comparison would say nothing."""
        if not (isinstance(named, ast.Name) and isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return
        words = self._words.get(named.id)
        if words is not None and node.value not in words:
            raise BadExpression(f"{self._text!r}: {node.value!r} is no {named.id}; there are {', '.join(words)}")

    def _call(self, node: ast.Call) -> tuple[_Node, str]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        function = _FUNCTIONS.get(name)
        if function is None or node.keywords or not node.args or (name == "abs") != (len(node.args) == 1):
            raise BadExpression(f"{self._text!r}: of functions there are abs(x), min(x, y, ...) and max(x, y, ...)")
        numbers = [self._number(argument) for argument in node.args]
        return lambda facts: function(*(number(facts) for number in numbers)), "number"

    def _number(self, node: ast.expr) -> Callable[[Facts], float]:
        evaluate = self._expect("number", node)
        named = node.id if isinstance(node, ast.Name) else ""

        def known(facts: Facts) -> float:
            value = evaluate(facts)
            if value is None:
                raise Unknown(f"{named} is unknown here")
            return float(value)

        return known

    def _expect(self, kind: str, node: ast.expr) -> _Node:
        evaluate, actual = self.compile(node)
        if actual != kind:
            part = ast.get_source_segment(self._text.strip(), node) or self._text
            raise BadExpression(f"{self._text!r}: {part!r} is no {kind}")
        return evaluate

    def _refused(self, node: ast.expr) -> BadExpression:
        part = ast.get_source_segment(self._text.strip(), node) or self._text
        return BadExpression(
            f"{self._text!r}: {part!r} is not allowed; use and, or, not, comparisons, + - * /, abs, min, max"
        )
