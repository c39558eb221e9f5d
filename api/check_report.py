"""A report of `check` as table, JSON, CSV and a page that needs nothing beside itself."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from collections.abc import Iterable, Sequence

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.version import VERSION
from api.wire.common import JsonObject
from termserver.model import Issue
from valuesets.checking import Report
from valuesets.findings import Finding

COLUMNS = (
    "severity",
    "finding",
    "file",
    "resource",
    "path",
    "code",
    "display",
    "value_set",
    "strength",
    "profile",
    "text",
)
SHOWN = ("severity", "file", "resource", "path", "value_set", "strength", "text")
"""Columns of the table on a terminal; the others are in JSON and CSV."""

_ISSUE_CODES = {
    "not-in-value-set": "code-invalid",
    "not-in-maximum-value-set": "code-invalid",
    "unknown-code": "code-invalid",
    "no-code": "required",
    "no-system": "invalid",
    "display": "invalid",
    "status": "business-rule",
    "behaviour-matrix": "business-rule",
    "site-not-listed": "business-rule",
    "cannot-be-decided": "not-found",
    "definition-not-available": "not-found",
    "profile-of-other-type": "structure",
}


def row(finding: Finding, columns: Sequence[str] = COLUMNS) -> list[str]:
    """Return the cells of a finding; what has no value is empty."""
    return [str(getattr(finding, name) or "") for name in columns]


def summary(report: Report) -> list[tuple[str, str]]:
    """Return the counts of a report as (name, sentence)."""
    bound = report.bindings
    return [
        ("resources", str(report.resources)),
        ("coded elements", f"{report.elements}, with {report.codings} codings"),
        (
            "bindings",
            f"{bound['passed']} passed, {bound['failed']} failed, "
            f"{bound['undecided']} cannot be decided",
        ),
        (
            "findings",
            f"{report.count('error')} errors, {report.count('warning')} warnings, "
            f"{report.count('information')} notes",
        ),
    ]


def undecided(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    """Return (reason, number of places) of all that cannot be decided, most places first."""
    reasons = Counter(one.text for one in findings if one.finding == "cannot-be-decided")
    return reasons.most_common()


def report_json(report: Report) -> JsonObject:
    """Return the report as JSON: counts and every finding."""
    return {
        "resources": report.resources,
        "codedElements": report.elements,
        "codings": report.codings,
        "bindings": {name: report.bindings[name] for name in ("passed", "failed", "undecided")},
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "findings": [
            {name: value for name, value in dataclasses.asdict(one).items() if value is not None}
            for one in report.findings
        ],
    }


def json_text(report: Report) -> str:
    """Return the report as indented JSON."""
    return orjson.dumps(report_json(report), option=orjson.OPT_INDENT_2).decode() + "\n"


def csv_text(report: Report) -> str:
    """Return every finding as CSV with a header (RFC 4180)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows(row(one) for one in report.findings)
    return stream.getvalue()


def html_text(report: Report) -> str:
    """Return a page with style and content in it; every text is escaped."""
    environment = Environment(
        loader=PackageLoader("api.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("check.html").render(
        summary=summary(report),
        columns=[one.replace("_", " ") for one in COLUMNS],
        rows=[(one.severity, row(one)) for one in report.findings],
        undecided=undecided(report.findings),
        version=VERSION,
    )


def outcome_issues(report: Report) -> list[Issue]:
    """Return the findings as issues of an OperationOutcome, in order; the counts come last."""
    found = [
        Issue(
            severity=one.severity,
            code=_ISSUE_CODES[one.finding],
            tx_type=None,
            text=one.text,
            expression=one.path or None,
        )
        for one in report.findings
    ]
    said = "; ".join(f"{name}: {text}" for name, text in summary(report))
    found.append(Issue(severity="information", code="informational", tx_type=None, text=said))
    return found
