"""`termserver lookup`, `validate-code` and `subsumes`: questions about single codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from api.cli_diagnosed import diagnosed_option, edition_asked
from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_output import (
    json_option,
    print_facts,
    print_issues,
    print_json,
    print_table,
    release_option,
)
from api.settings import Settings
from api.wire.answers import lookup_json, validation_json
from termserver.model import Coding, Property
from termserver.operations.lookup import LookupRequest
from termserver.operations.lookup import lookup as look_up
from termserver.operations.subsumes import SubsumesRequest, SubsumptionOutcome
from termserver.operations.subsumes import subsumes as subsumption
from termserver.operations.validation import ValidateRequest, VersionRules
from termserver.systems import ICD_O_3


@click.command(epilog="Example: termserver lookup http://snomed.info/sct 73211009")
@click.argument("system")
@click.argument("code")
@click.option("--system-version", help="Version of the code system.")
@click.option("--property", "properties", multiple=True, help="Property to give; * for all.")
@click.option("--language", help="Language of the display, as en or de-AT.")
@click.option("--lenient-code", is_flag=True, help="Take other ways to write an ICD-O-3 code.")
@diagnosed_option
@release_option
@json_option
@click.pass_obj
def lookup(
    settings: Settings,
    system: str,
    code: str,
    system_version: str | None,
    properties: tuple[str, ...],
    language: str | None,
    lenient_code: bool,
    diagnosed: str | None,
    release: str,
    as_json: bool,
) -> int:
    """Show all that is known of CODE in SYSTEM."""
    if diagnosed is not None:
        system_version = edition_asked(settings, diagnosed, system, system_version)
    request = LookupRequest(
        system=system,
        code=code,
        version=system_version,
        properties=properties,
        display_language=language,
        lenient_code=lenient_code,
    )
    with terminology_of(settings, release) as terminology:
        answer = look_up(terminology, request)
    if as_json:
        print_json(lookup_json(answer, release))
        return DONE
    print_facts(
        [
            ("code", answer.code),
            ("display", answer.display),
            ("system", answer.system),
            ("version", answer.version),
            ("name", answer.name),
            ("definition", answer.definition),
            ("abstract", "yes" if answer.abstract else None),
        ]
    )
    if answer.designations:
        print_table(
            "Designations",
            ("language", "use", "value"),
            [(one.language, _use(one.use), one.value) for one in answer.designations],
        )
    if answer.properties:
        print_table(
            "Properties",
            ("property", "value", "description"),
            list(_rows(answer.properties)),
        )
    return DONE


def _rows(properties: Iterable[Property]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each property; of a role group for each in it (`609096000[2].363698007`)."""
    group = 0
    for one in properties:
        group += bool(one.subproperties)
        for nested in one.subproperties:
            name = f"{one.code}[{group}].{nested.code}"
            yield name, _value(nested.value), nested.description
        if not one.subproperties:
            yield one.code, _value(one.value), one.description


def _use(use: Coding | None) -> str | None:
    return None if use is None else use.display or use.code


def _value(value: object) -> object:
    return f"{value.system}#{value.code}" if isinstance(value, Coding) else value


@click.command(
    "validate-code",
    epilog="Example: termserver validate-code --system http://loinc.org --code 718-7",
)
@click.option("--system", help="The code's system.")
@click.option("--code", required=True, help="The code.")
@click.option("--system-version", help="Version of the code system.")
@click.option("--valueset", help="Value set (canonical) that the code must be in.")
@click.option("--display", help="A display to check.")
@click.option("--language", help="Language of the display.")
@click.option("--lenient-code", is_flag=True, help="Take other ways to write an ICD-O-3 code.")
@click.option(
    "--behaviour-matrix", is_flag=True, help="Take an ICD-O-3 histology with any behaviour."
)
@diagnosed_option
@release_option
@json_option
@click.pass_obj
def validate_code(
    settings: Settings,
    system: str | None,
    code: str,
    system_version: str | None,
    valueset: str | None,
    display: str | None,
    language: str | None,
    lenient_code: bool,
    behaviour_matrix: bool,
    diagnosed: str | None,
    release: str,
    as_json: bool,
) -> int:
    """Tell whether a code is valid: in its system, or in a value set. Exit code 1 if it is not."""
    from termserver.operations.validate_code import validate_code as in_system
    from valuesets.validate_code import validate_code as in_value_set

    rules = VersionRules()
    if diagnosed is not None:
        system_version = edition_asked(settings, diagnosed, system, system_version)
        rules = VersionRules(system_version=(f"{ICD_O_3}|{system_version}",))
    request = ValidateRequest(
        release=release,
        code_system=valueset is None,
        url=valueset,
        code=code,
        system=system,
        system_version=system_version,
        display=display,
        infer_system=system is None,
        display_language=language,
        lenient_code=lenient_code,
        behaviour_matrix=behaviour_matrix,
        versions=rules,
    )
    with terminology_of(settings, release) as terminology:
        answer = (in_system if valueset is None else in_value_set)(terminology, request)
    if as_json:
        print_json(validation_json(answer))
    else:
        print_facts(
            [
                ("result", "valid" if answer.result else "not valid"),
                ("code", answer.code),
                ("display", answer.display),
                ("system", answer.system),
                ("version", answer.version),
            ]
        )
        print_issues(answer.issues)
    return DONE if answer.result else NEGATIVE


@click.command(epilog="Example: termserver subsumes http://snomed.info/sct 404684003 73211009")
@click.argument("system")
@click.argument("code_a", metavar="A")
@click.argument("code_b", metavar="B")
@click.option("--system-version", help="Version of the code system.")
@release_option
@json_option
@click.pass_obj
def subsumes(
    settings: Settings,
    system: str,
    code_a: str,
    code_b: str,
    system_version: str | None,
    release: str,
    as_json: bool,
) -> int:
    """Tell how code A stands to code B. Exit code 1 if neither subsumes the other."""
    request = SubsumesRequest(
        coding_a=Coding(code=code_a),
        coding_b=Coding(code=code_b),
        system=system,
        version=system_version,
    )
    with terminology_of(settings, release) as terminology:
        outcome = subsumption(terminology, request)
    if as_json:
        print_json({"outcome": str(outcome)})
    else:
        click.echo(str(outcome))
    return NEGATIVE if outcome is SubsumptionOutcome.NOT_SUBSUMED else DONE
