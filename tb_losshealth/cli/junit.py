"""JUnit XML, which CI systems show as test results."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from tb_losshealth.cli.output import binary_output
from tb_losshealth.cli.rules import Checked
from tb_losshealth.present.text import visible

SUITE = "tb-losshealth"


def write_junit(checked: Sequence[Checked], not_judged: Sequence[str], path: str) -> None:
    """Writes a test case a pair, and an error for what could not be judged."""
    failures = sum(bool(one.failures) for one in checked)
    skipped = sum(not one.has_validation and not one.failures for one in checked)
    suite = ET.Element(
        "testsuite",
        name=SUITE,
        tests=str(len(checked) + len(not_judged)),
        failures=str(failures),
        errors=str(len(not_judged)),
        skipped=str(skipped),
    )
    for one in checked:
        case = ET.SubElement(suite, "testcase", classname=visible(one.of.run), name=visible(one.of.name))
        if one.failures:
            failure = ET.SubElement(case, "failure", message=visible("; ".join(one.failures)))
            failure.text = one.report.diagnosis.reason
        elif not one.has_validation:
            ET.SubElement(case, "skipped", message="no validation beside it, so overfitting cannot be seen")
    for reason in not_judged:
        case = ET.SubElement(suite, "testcase", classname=SUITE, name="reading")
        ET.SubElement(case, "error", message=visible(reason))
    suites = ET.Element("testsuites")
    suites.append(suite)
    with binary_output(path) as file:
        ET.ElementTree(suites).write(file, encoding="utf-8", xml_declaration=True)
