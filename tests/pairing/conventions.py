"""A short notation for tags and pairs, in which the tests of conventions are written.

A tag is written `tag`, or `run :: tag`. A pair is written `train ~ val -> name`, with `max` behind it where higher
is better, `test=...` where a third split belongs to it, and its flags in brackets.
"""

from __future__ import annotations

from tb_losshealth.pairing.pair_finder import Pairing, TagFacts, TagRef


def ref(text: str) -> TagRef:
    run, found, tag = text.strip().partition(" :: ")
    return TagRef(run.strip(), tag.strip()) if found else TagRef(".", run.strip())


def facts(text: str) -> list[TagFacts]:
    tags: list[TagFacts] = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, points = item.partition("*")
        count = int(points or 20)
        where = ref(name)
        last = 0.1 + len(tags) / 1000
        tags.append(TagFacts(where.run, where.tag, count, last, 2.0, 2.0, last))
    return tags


def written(pairing: Pairing) -> set[str]:
    def name(item: TagRef) -> str:
        return item.tag if item.run == "." else f"{item.run} :: {item.tag}"

    lines = set()
    for pair in pairing.pairs:
        line = f"{name(pair.train)} ~ {name(pair.val)} -> {pair.name}"
        line += " max" * (pair.mode == "max") + (f" test={name(pair.test)}" if pair.test else "")
        lines.add(line + (f" [{' '.join(pair.flags)}]" if pair.flags else ""))
    return lines


def expected(text: str) -> set[str]:
    lines: list[str] = []
    for line in filter(None, (part.strip() for part in text.replace(";", "\n").splitlines())):
        if line.startswith(("~", "->")):
            lines[-1] += " " + line
        else:
            lines.append(line)
    return {line.replace(". :: ", "") if line.startswith(". :: ") else line for line in lines}
