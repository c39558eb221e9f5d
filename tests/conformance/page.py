"""docs/conformance.md, written from the results of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.conformance.baseline import Results
from tests.conformance.content import MissingContent, read_missing_content
from tests.conformance.suite import BASES, MODES, Case

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"
LONGEST_REASON = 300

HEAD = """# Conformance

This page is written by `python -m tests.conformance --update`; do not edit it.

HL7's terminology ecosystem suite (the cases that validators and publishers of implementation guides
rely on) is run against a real server that holds the suite's own SNOMED CT, LOINC and NDC sources,
the core packages of FHIR R4 and R5 and HL7 Terminology 7.3.0. (Its RxNorm source has no names, so
it cannot be loaded.) Modes: {modes}.

{counts}

`make conformance` repeats the run and compares it with `tests/conformance/baseline.json`: a case
that stops passing fails it. The suite and its runner are found through `TERMSERVER_SHARED` (default
`../shared` beside the checkout).

## Suites

"""

FAILING = """
## Cases that do not pass

Each needs content that is not there: the suite does not ship it, or nobody but its owner may. The
list is `tests/conformance/content.json`; a run fails where a case fails that it does not name.
"""

OWN_RUNNER = """
## HL7's own runner

The judge that others believe is HL7's validator. Load the sources and start the server:

```
termserver load SUITE/tx-source/loinc --version 2.82
termserver load SUITE/tx-source/snomed \\
    --version http://snomed.info/xsct/31000003106/version/20250909
termserver serve
```

Then, with Java 17 or newer and HL7's `validator_cli.jar`, where SUITE is a checkout of the
terminology ecosystem guide (its folder `tests`):

```
java -jar validator_cli.jar -txtests -source SUITE -tx http://127.0.0.1:8080/r4 \\
    -version 4.0 -mode snomed -output out-r4
java -jar validator_cli.jar -txtests -source SUITE -tx http://127.0.0.1:8080/r5 \\
    -version 5.0 -mode snomed -output out-r5
```
"""


def write_page(results: Results, path: Path = PAGE) -> None:
    """Write the page: counts, a row for each suite, and the cases that do not pass."""
    counts = "\n".join(
        f"- FHIR {release} (`/{BASES[release]}`): **{_count(cases)}** cases pass"
        for release, cases in results.items()
    )
    parts = [HEAD.format(modes=MODES.replace(",", ", "), counts=counts)]
    parts += [_suites(results), FAILING]
    missing = read_missing_content()
    parts += [_failing(release, cases, missing) for release, cases in results.items()]
    path.write_text("".join([*parts, OWN_RUNNER]), encoding="utf-8")


def _count(cases: Sequence[Case]) -> str:
    return f"{sum(one.passed for one in cases)} of {len(cases)}"


def _suites(results: Results) -> str:
    names = list(dict.fromkeys(one.suite for cases in results.values() for one in cases))
    lines = ["| suite | " + " | ".join(f"/{BASES[one]}" for one in results) + " |"]
    lines += ["|---|" + "---|" * len(results)]
    for name in names:
        own = [[one for one in cases if one.suite == name] for cases in results.values()]
        lines.append(f"| {name} | " + " | ".join(_count(cases) for cases in own) + " |")
    return "\n".join(lines) + "\n"


def _failing(release: str, cases: Sequence[Case], missing: MissingContent) -> str:
    failing = [one for one in cases if not one.passed]
    head = f"\n### /{BASES[release]}\n\n"
    if not failing:
        return head + "None.\n"
    rows = [
        f"| {one.name} | {_cell(missing.of(one.name) or 'not explained')} | {_cell(one.reason)} |"
        for one in failing
    ]
    table = ["| case | needs | where it differs |", "|---|---|---|", *rows]
    return head + "\n".join(table) + "\n"


def _cell(text: str) -> str:
    short = text if len(text) <= LONGEST_REASON else text[:LONGEST_REASON] + "…"
    return short.replace("|", "\\|").replace("<", "&lt;")
