"""Point: $validate-code of value sets and of code systems, for one code with or without display."""

from __future__ import annotations

from dataclasses import replace

import orjson

from api.points.form import Form, inner, mark
from api.points.point import Point, Texts
from api.wire.answers import validation_json
from termserver.deadline import at_once
from termserver.issues import wrong_display
from termserver.model import Coding, Issue, Ordinal
from termserver.operations.checks import Place, wrong_choices
from termserver.operations.plans import find_system_plan
from termserver.operations.validate_code import validate_code as validate_in_code_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.terminology import Terminology
from valuesets.plans import Plan, find_plan
from valuesets.quick import (
    inside_answer,
    is_right,
    named_answer,
    outside_answer,
    validation_of,
)
from valuesets.validate_code import full_answer

_CODING = frozenset({"coding", "coding.system", "coding.version", "coding.code", "coding.display"})
_IN_VALUE_SET = frozenset({"url", "system", "code", "display"})
_CODING_IN_VALUE_SET = _CODING | {"url"}
_INSIDE = "inside"


def in_value_set(terminology: Terminology, texts: Texts) -> bytes | None:
    """Return the body of ValueSet/$validate-code of a url, with code and system or with a Coding.

    None where other parameters come together.
    """
    url, code = texts.get("url"), texts.get("code")
    if url is None or code is None or not texts.keys() <= _IN_VALUE_SET:
        return _coding_in_value_set(terminology, texts)
    system, display = texts.get("system"), texts.get("display")
    found = _planned(terminology, url, system, code, display, path="")
    if found is not None:
        return found
    request = ValidateRequest(
        release=terminology.release, url=url, system=system, code=code, display=display
    )
    return _body(full_answer(terminology, request, deadline=at_once()))


def _coding_in_value_set(terminology: Terminology, texts: Texts) -> bytes | None:
    url, coding = texts.get("url"), _coding(texts)
    if url is None or coding is None or not texts.keys() <= _CODING_IN_VALUE_SET:
        return None
    code, given = coding.code or "", coding.display
    if not coding.version:
        found = _planned(terminology, url, coding.system, code, given, path="Coding")
        if found is not None:
            return found
    request = ValidateRequest(release=terminology.release, url=url, coding=coding)
    return _body(full_answer(terminology, request, deadline=at_once()))


def _planned(
    terminology: Terminology,
    url: str,
    system: str | None,
    code: str,
    given: str | None,
    *,
    path: str,
) -> bytes | None:
    """Return the answer by the value set's plan, None where it does not decide.

    `given` is the display as it was sent, `path` that of the Coding.
    """
    plan = find_plan(terminology, url)
    if plan is None or plan.system != system:
        return None
    found = plan.find(code)
    inside = plan.decide(code, found[0]) if found is not None else None
    if found is None or inside is None:
        return None
    ordinal, display = found
    if not is_right(given, display):
        wrong = _wrong_display(plan, code, found, given or "", path) if inside else None
        if wrong is not None:
            return wrong
        coding = Coding(system=system, code=code, display=given)
        return _body(named_answer(plan, coding, ordinal, inside=inside, place=Place(path=path)))
    if inside:
        form: Form = plan.made.get(_INSIDE) or _inside_form(plan)
        return form.fill(inner(code), inner(display))
    key = (path, given is not None)
    form = plan.made.get(key) or _outside_form(plan, path, named=given is not None)
    return form.fill(inner(code), inner(display), inner(plan.canonical), inner(given or ""))


def _wrong_display(
    plan: Plan, code: str, found: tuple[Ordinal, str], given: str, path: str
) -> bytes | None:
    """Return the answer about a display that is no name of the concept, None for all else."""
    ordinal, display = found
    names = plan.names(ordinal) if plan.names is not None else None
    language = plan.provider.system.language
    choices = None if names is None else wrong_choices(given, display, language, names)
    if choices is None:
        return None
    issue = wrong_display(
        given,
        f"{plan.system}#{code}",
        choices,
        "--",
        severity="error",
        expression=Place(path=path).at("display"),
    )
    form: Form = plan.made.get((path, "display")) or _wrong_form(plan, path, issue)
    return form.fill(inner(code), inner(display), inner(issue.text))


def in_code_system(terminology: Terminology, texts: Texts) -> bytes | None:
    """Return the body of CodeSystem/$validate-code of a url and a code, or of a Coding.

    None where other parameters come together.
    """
    coding = _coding(texts)
    if coding is not None:
        return _in_system(terminology, None, coding) if texts.keys() <= _CODING else None
    url, named, code = texts.get("url"), texts.get("system"), texts.get("code")
    if "coding" in texts or code is None or (url is None) == (named is None):
        return None
    system = url or named
    asked = Coding(
        system=system, code=code, display=texts.get("display"), version=texts.get("version")
    )
    return _in_system(terminology, system, asked)


def _in_system(terminology: Terminology, url: str | None, coding: Coding) -> bytes | None:
    """Answer about a code of the system `url`, or (None) about a Coding."""
    system, code = coding.system, coding.code or ""
    if system is None or "|" in system:
        return None
    plan = find_system_plan(terminology, system, coding.version)
    found = plan.find(code) if plan is not None else None
    if plan is not None and found is not None and is_right(coding.display, found[1]):
        form = _system_form(terminology, system, plan.version)
        return form.fill(inner(code), inner(found[1]))
    request = ValidateRequest(
        release=terminology.release,
        code_system=True,
        url=url,
        system=url,
        system_version=coding.version,
        code=None if url is None else code,
        display=None if url is None else coding.display,
        coding=coding if url is None else None,
    )
    return _body(validate_in_code_system(terminology, request, deadline=at_once()))


def _coding(texts: Texts) -> Coding | None:
    """Return the parameter `coding`, None where it is not given or has no code."""
    code = texts.get("coding.code")
    if code is None:
        return None
    return Coding(
        system=texts.get("coding.system"),
        version=texts.get("coding.version"),
        code=code,
        display=texts.get("coding.display"),
    )


# -- bytes ----------------------------------------------------------------------------------------


def _body(validation: Validation) -> bytes:
    return orjson.dumps(validation_json(validation), default=dict)


def _inside_form(plan: Plan) -> Form:
    """Return the answer "yes" of a plan, but for code and display."""
    answer = inside_answer(plan.system, plan.version, mark(0), mark(1))
    form = plan.made[_INSIDE] = Form(validation_json(answer))
    return form


def _outside_form(plan: Plan, path: str, *, named: bool) -> Form:
    """Return the answer "no", but for code, display, canonical of the value set and display given.

    The last only if `named`.
    """
    marked = plan._replace(canonical=mark(2))
    given = mark(3) if named else None
    answer = outside_answer(marked, mark(0), mark(1), given=given, place=Place(path=path))
    form = plan.made[path, named] = Form(validation_json(answer))
    return form


def _wrong_form(plan: Plan, path: str, issue: Issue) -> Form:
    """Return the answer on a wrong display, but for code, display and the text of the finding."""
    marked = replace(issue, text=mark(2))
    answer = validation_of(plan, mark(0), mark(1), [marked], result=False)
    form = plan.made[path, "display"] = Form(validation_json(answer))
    return form


def _system_form(terminology: Terminology, system: str, version: str | None) -> Form:
    """Return the answer "yes" of a code system version, by the name asked for."""

    def make() -> Form:
        return Form(validation_json(inside_answer(system, version, mark(0), mark(1))))

    return terminology.remembered(("in system", system, version), make, lambda _: 10) or make()


POINTS = (
    Point(
        path="ValueSet/$validate-code",
        texts=_IN_VALUE_SET,
        codings=frozenset({"coding"}),
        answer=in_value_set,
    ),
    Point(
        path="CodeSystem/$validate-code",
        texts=frozenset({"url", "system", "version", "code", "display"}),
        codings=frozenset({"coding"}),
        answer=in_code_system,
    ),
)
