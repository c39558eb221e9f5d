"""`termserver expand`, `search`, `ecl` and `translate`: questions about sets of codes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from urllib.parse import quote

import click

from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_output import json_option, print_facts, print_json, print_table, release_option
from api.settings import Settings
from api.wire.answers import translation_json
from api.wire.valueset import expansion_json
from termserver.errors import TerminologyError, UnknownCodeSystem
from termserver.model import Coding
from termserver.systems import SNOMED_CT
from termserver.terminology import Terminology
from valuesets.expand import expand as expand_value_set
from valuesets.model import Contains, ExpandRequest, Expansion


@click.command(
    epilog="Example: termserver expand http://hl7.org/fhir/ValueSet/administrative-gender"
)
@click.argument("valueset")
@click.option("--filter", "text", help="Words that each concept must have.")
@click.option("--count", type=click.IntRange(0), help="At most so many concepts.")
@click.option("--offset", type=click.IntRange(0), help="Concepts to pass over.")
@click.option("--active-only", is_flag=True, help="Leave inactive concepts out.")
@click.option("--language", help="Language of displays.")
@release_option
@json_option
@click.pass_obj
def expand(
    settings: Settings,
    valueset: str,
    text: str | None,
    count: int | None,
    offset: int | None,
    active_only: bool,
    language: str | None,
    release: str,
    as_json: bool,
) -> int:
    """List the concepts of VALUESET, a canonical url (implicit ones too)."""
    request = ExpandRequest(
        release=release,
        url=valueset,
        filter=text,
        count=count,
        offset=offset,
        active_only=True if active_only else None,
        display_language=language,
    )
    with terminology_of(settings, release) as terminology:
        expansion = expand_value_set(terminology, request, limit=settings.max_expansion)
    return _print_expansion(expansion, release, as_json=as_json)


def _print_expansion(expansion: Expansion, release: str, *, as_json: bool) -> int:
    if as_json:
        print_json(expansion_json(expansion, release))
        return DONE
    print_table(
        expansion.value_set.canonical or None,
        ("code", "display", "system"),
        [
            ("  " * depth + one.code, one.display, one.system)
            for depth, one in _flat(expansion.contains)
        ],
    )
    used = [one.value for one in expansion.parameters if one.name == "used-codesystem"]
    print_facts([("total", expansion.total), ("used", ", ".join(map(str, used)))])
    return DONE


def _flat(contains: Iterable[Contains], depth: int = 0) -> Iterator[tuple[int, Contains]]:
    for one in contains:
        yield depth, one
        yield from _flat(one.contains, depth + 1)


@click.command(epilog='Example: termserver search "tumor morph" --system http://snomed.info/sct')
@click.argument("text")
@click.option("--system", help="Search one code system only.")
@click.option(
    "--count", type=click.IntRange(1), default=20, show_default=True, help="At most so many."
)
@release_option
@json_option
@click.pass_obj
def search(
    settings: Settings, text: str, system: str | None, count: int, release: str, as_json: bool
) -> int:
    """Find concepts by words of their names. Exit code 1 if there are none."""
    with terminology_of(settings, release) as terminology:
        found = list(_found(terminology, text, system, count))
    if as_json:
        print_json(
            [{"system": one.system, "code": one.code, "display": one.display} for one in found]
        )
    else:
        print_table(
            None,
            ("code", "display", "system"),
            [(one.code, one.display, one.system) for one in found],
        )
    return DONE if found else NEGATIVE


def _found(
    terminology: Terminology, text: str, system: str | None, count: int
) -> Iterator[Contains]:
    """Yield at most `count` hits; without a system, those of each code system in turn."""
    if system is None:
        usable = {
            one.url for one in terminology.code_systems() if one.content in {"complete", "fragment"}
        }
    left = count
    for url in [system] if system is not None else sorted(usable):
        value_set = {
            "resourceType": "ValueSet",
            "compose": {"include": [{"system": url}]},
        }
        request = ExpandRequest(
            release=terminology.release, value_set=value_set, filter=text, count=left
        )
        try:
            hits = expand_value_set(terminology, request).contains
        except TerminologyError:
            if system is not None:
                raise
            continue  # a system without a list cannot be searched; the others still can
        yield from hits
        left -= len(hits)
        if left <= 0:
            return


@click.command(epilog='Example: termserver ecl "<< 73211009 |Diabetes mellitus|"')
@click.argument("expression", metavar="EXPR")
@click.option("--explain", is_flag=True, help="Show each part with its size and its time.")
@click.option("--system-version", help="Edition or version of SNOMED CT, as a URI.")
@click.option(
    "--count", type=click.IntRange(0), default=100, show_default=True, help="At most so many."
)
@release_option
@json_option
@click.pass_obj
def ecl(
    settings: Settings,
    expression: str,
    explain: bool,
    system_version: str | None,
    count: int,
    release: str,
    as_json: bool,
) -> int:
    """List the SNOMED CT concepts that an ECL expression selects."""
    if explain:
        return _explain(settings, expression, system_version, release, as_json=as_json)
    base = system_version or SNOMED_CT
    request = ExpandRequest(
        release=release, url=f"{base}?fhir_vs=ecl/{quote(expression, safe='')}", count=count
    )
    with terminology_of(settings, release) as terminology:
        expansion = expand_value_set(terminology, request)
    return _print_expansion(expansion, release, as_json=as_json)


def _explain(
    settings: Settings, expression: str, version: str | None, release: str, *, as_json: bool
) -> int:
    """Print each sub-expression with the size of its answer and its time, the whole first."""
    from termserver.ecl.explain import explain
    from termserver.ecl.parse import parse_ecl
    from termserver.providers.snomed import SnomedProvider
    from termserver.providers.supplemented import unwrapped

    tree = parse_ecl(expression)
    with terminology_of(settings, release) as terminology:
        found = terminology.find_system(SNOMED_CT, version)
        provider = None if found is None else unwrapped(found)
        if not isinstance(provider, SnomedProvider):
            there = ", ".join(terminology.system_versions(SNOMED_CT)) or "none"
            raise UnknownCodeSystem(
                f"No edition of SNOMED CT '{version or SNOMED_CT}' is loaded; there are: {there}"
            )
        steps = explain(tree, provider.ecl_source, time.perf_counter)
    if as_json:
        print_json([asdict(one) for one in steps])
        return DONE
    print_table(
        None,
        ("size", "ms", "expression"),
        [(one.size, f"{one.seconds * 1000:.1f}", "  " * one.depth + one.text) for one in steps],
    )
    return DONE


@click.command(
    epilog="Example: termserver translate --system http://loinc.org --code 718-7 "
    "--target http://snomed.info/sct"
)
@click.option("--system", required=True, help="The code's system.")
@click.option("--code", required=True, help="The code.")
@click.option("--target", help="System of the targets.")
@click.option("--map", "map_url", help="Canonical of the map; all that are loaded otherwise.")
@click.option("--reverse", is_flag=True, help="Translate from target to source.")
@release_option
@json_option
@click.pass_obj
def translate(
    settings: Settings,
    system: str,
    code: str,
    target: str | None,
    map_url: str | None,
    reverse: bool,
    release: str,
    as_json: bool,
) -> int:
    """Translate a code by concept maps. Exit code 1 if there is no translation."""
    from api.members import Members
    from termserver.operations.translate import TranslateRequest
    from termserver.operations.translate import translate as translate_code

    request = TranslateRequest(
        url=map_url,
        codings=(Coding(system=system, code=code),),
        target_system=target,
        reverse=reverse,
    )
    with terminology_of(settings, release) as terminology:
        answer = translate_code(terminology, request, value_sets=Members(terminology))
    if as_json:
        print_json(translation_json(answer, release))
        return DONE if answer.result else NEGATIVE
    r4 = release.startswith("4")
    print_table(
        None,
        ("relationship", "code", "display", "system", "map", "products"),
        [
            (
                one.equivalence if r4 else one.relationship,
                one.concept.code,
                one.concept.display,
                one.concept.system,
                one.origin_map,
                ", ".join(f"{item.attribute}={_code(item.value)}" for item in one.products),
            )
            for one in answer.matches
        ],
    )
    print_facts([("message", answer.message)])
    return DONE if answer.result else NEGATIVE


def _code(value: object) -> object:
    return value.code if isinstance(value, Coding) else value
