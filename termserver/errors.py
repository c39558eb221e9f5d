"""Errors: what ends an operation. A finding (part of an answer) is `termserver.model.Issue`.

TerminologyError
├── InvalidRequest          a parameter is missing, repeated, malformed or excluded by another
├── InvalidLanguage         displayLanguage or Accept-Language is no list of language ranges
├── InvalidSource           a source file or folder cannot be loaded (loaders)
├── UnknownResource
│   ├── UnknownCodeSystem · UnknownValueSet · UnknownConceptMap · UnknownSupplement
│   └── UnknownCode
├── VersionConflict         check-system-version and the resolved version disagree
├── InvalidValueSet         the compose cannot be evaluated as written
│   └── CyclicValueSet
├── InvalidExpression       ECL, expression, filter value: does not parse (with position)
├── NotSupported            a named feature that is not implemented
├── Unenumerable            the set has no end or no list
├── TooCostly               over a limit or the deadline
├── Busy                    no worker or connection is free
├── NotAllowed · NotAcceptable · UnsupportedMedia · TooLarge
├── Conflict                being changed by others at the same time
└── StoreError              a pack or catalogue is damaged, of another format, or locked

The domain class knows its FHIR issue code and nothing of HTTP: status is decided in
`api/outcome.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from termserver.model import Issue


class TerminologyError(Exception):
    """Base of all errors of termserver. `issues` are the issues to show, at least one."""

    issue_code = "processing"
    tx_type: str | None = None

    def __init__(
        self,
        text: str,
        *,
        message_id: str | None = None,
        expression: str | None = None,
        issues: Sequence[Issue] = (),
        issue_code: str | None = None,
    ) -> None:
        """Keep the text (what was asked, what is there, what to do) and what locates it."""
        super().__init__(text)
        self.text = text
        self.issues: tuple[Issue, ...] = tuple(issues) or (
            Issue(
                severity="error",
                code=issue_code or self.issue_code,
                tx_type=self.tx_type,
                text=text,
                message_id=message_id,
                expression=expression,
            ),
        )


class InvalidRequest(TerminologyError):
    """A parameter is missing, repeated, malformed or excluded by another."""

    issue_code = "invalid"


class InvalidLanguage(TerminologyError):
    """A language parameter or header is no list of language ranges."""

    issue_code = "processing"
    tx_type = "invalid-display"


class InvalidSource(TerminologyError):
    """A source cannot be loaded; says file and line where there is one.

    `needs` are SNOMED CT modules that it lacks, as (module, effective time).
    """

    issue_code = "invalid"

    def __init__(
        self,
        text: str,
        *,
        file: str | None = None,
        line: int | None = None,
        needs: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Keep the sentence, the file and its line (1-based), and what is needed."""
        place = f"{file}, line {line}: " if file and line else f"{file}: " if file else ""
        super().__init__(place + text)
        self.file = file
        self.line = line
        self.needs = tuple(needs)


class UnknownResource(TerminologyError):
    """Something that was named is not here."""

    issue_code = "not-found"
    tx_type = "not-found"


class UnknownCodeSystem(UnknownResource):
    """No code system of that url and version."""


class UnknownValueSet(UnknownResource):
    """No value set of that url and version."""


class UnknownConceptMap(UnknownResource):
    """No concept map of that url and version."""


class UnknownSupplement(UnknownResource):
    """A supplement that was asked for, or that a value set names, is not here."""


class UnknownCode(UnknownResource):
    """The code system version has no such code."""

    tx_type = "invalid-code"


class VersionConflict(TerminologyError):
    """The version asked for and the version required disagree."""

    issue_code = "exception"
    tx_type = "version-error"


class InvalidValueSet(TerminologyError):
    """The value set cannot be evaluated as written."""

    tx_type = "vs-invalid"


class CyclicValueSet(InvalidValueSet):
    """A value set imports itself, directly or through others."""


class InvalidExpression(TerminologyError):
    """An expression or filter value does not parse."""

    issue_code = "invalid"
    tx_type = "vs-invalid"

    def __init__(self, text: str, *, expression: str, position: int, expected: str) -> None:
        """Keep the expression, the 0-based position of the fault and what was expected there."""
        super().__init__(text)
        self.source = expression
        self.position = position
        self.expected = expected


class NotSupported(TerminologyError):
    """A named feature that is not implemented."""

    issue_code = "not-supported"


class Unenumerable(TerminologyError):
    """The set has no end, or the system has no list: it can answer for a code but not be listed."""

    issue_code = "too-costly"


class TooCostly(TerminologyError):
    """The answer is over a limit or the deadline."""

    issue_code = "too-costly"


class Busy(TerminologyError):
    """No worker or connection is free."""

    issue_code = "throttled"


class NotAllowed(TerminologyError):
    """The HTTP method does not fit the route; `allowed` are those that do."""

    issue_code = "not-supported"

    def __init__(self, text: str, *, allowed: Sequence[str] = ()) -> None:
        """Keep the text and the methods allowed."""
        super().__init__(text)
        self.allowed = tuple(allowed)


class NotAcceptable(TerminologyError):
    """No representation that the client accepts."""

    issue_code = "not-supported"


class UnsupportedMedia(TerminologyError):
    """The body is of a type that is not read."""

    issue_code = "not-supported"


class TooLarge(TerminologyError):
    """The body is over a limit of size or depth."""

    issue_code = "too-long"


class Conflict(TerminologyError):
    """What is to be changed is being changed by others ($closure)."""

    issue_code = "conflict"


class StoreError(TerminologyError):
    """A pack or the catalogue is damaged, of another format, or locked."""

    issue_code = "exception"
