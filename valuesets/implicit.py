"""Value sets without a definition: implicit ones of SNOMED CT, LOINC and of any code system."""

from __future__ import annotations

import re
from urllib.parse import unquote

from termserver.canonical import parse_canonical
from termserver.errors import InvalidValueSet
from termserver.model import FilterClause
from termserver.systems import LOINC, SNOMED_CT
from termserver.terminology import Terminology
from valuesets.model import Compose, Include, ValueSet

_SNOMED = re.compile(r"(http://snomed\.info/x?sct(?:/\d+(?:/version/\d+)?)?)\?fhir_vs(?:=(.*))?$", re.S)
_LOINC = re.compile(r"http://loinc\.org/vs(?:/(L[LPG]\d+-\d))?$")
_SCTID = re.compile(r"\d{6,18}$")


def implicit_value_set(
    terminology: Terminology, url: str, version: str | None
) -> ValueSet | None:
    """Return the value set that `url` implies, None where it implies none.

    Sources: THO pages "Using SNOMED CT" and "Using LOINC"; CodeSystem.valueSet; the code system's own
    url. Raises: InvalidValueSet for a `fhir_vs` form that does not exist.
    """
    match = _SNOMED.match(url)
    if match:
        found = _of_snomed(url, match[1], match[2])
        return found if _has_root(terminology, found) else None
    match = _LOINC.match(url)
    if match:
        return _made(url, version, _of_loinc(match[1], version))
    for system in terminology.code_systems_with_value_set(url):
        wanted = version if version and version == system.version else None
        return _made(url, version, Include(system=system.url, version=wanted or system.version))
    if terminology.find_system(url, version) is not None:
        return _made(url, version, Include(system=url, version=version))
    return None


def _made(url: str, version: str | None, include: Include) -> ValueSet:
    resource = {
        "resourceType": "ValueSet",
        "url": url,
        **({"version": version} if version else {}),
        "status": "active",
    }
    return ValueSet(
        url=url,
        version=version,
        status="active",
        compose=Compose(includes=(include,)),
        resource=resource,
    )


def _of_snomed(url: str, base: str, query: str | None) -> ValueSet:
    version = None if base == SNOMED_CT else base
    filters: tuple[FilterClause, ...]
    if query is None:
        filters = ()
    elif query.startswith("isa/"):
        filters = (FilterClause(property="concept", op="is-a", value=_sctid(url, query[4:])),)
    elif query == "refset":
        filters = (FilterClause(property="concept", op="in", value="*"),)
    elif query.startswith("refset/"):
        filters = (FilterClause(property="concept", op="in", value=_sctid(url, query[7:])),)
    elif query.startswith("ecl/"):
        filters = (FilterClause(property="constraint", op="=", value=unquote(query[4:])),)
    else:
        raise InvalidValueSet(
            f"Unknown implicit value set '{url}'; known forms: ?fhir_vs, ?fhir_vs=isa/[sctid], "
            "?fhir_vs=refset, ?fhir_vs=refset/[sctid], ?fhir_vs=ecl/[expression]"
        )
    return _made(url, None, Include(system=SNOMED_CT, version=version, filters=filters))


def _has_root(terminology: Terminology, value_set: ValueSet) -> bool:
    """Tell whether the concept that `isa/` or `refset/` names exists, where its edition is loaded.

    Without it there is no such value set (suite snomed, validate-code-implied-1b).
    """
    include = value_set.compose.includes[0] if value_set.compose else Include()
    provider = terminology.find_system(SNOMED_CT, include.version)
    roots = [one.value for one in include.filters if one.property == "concept" and one.value != "*"]
    return provider is None or all(provider.find(one) is not None for one in roots)


def _sctid(url: str, text: str) -> str:
    if not _SCTID.match(text):
        raise InvalidValueSet(f"'{text}' in '{url}' is no SNOMED CT identifier")
    return text


def _of_loinc(code: str | None, version: str | None) -> Include:
    filters: tuple[FilterClause, ...] = ()
    if code and code.startswith("LP"):
        filters = (FilterClause(property="ancestor", op="=", value=code),)
    elif code:
        filters = (FilterClause(property="LIST", op="=", value=code),)
    return Include(system=LOINC, version=version, filters=filters)


def is_implicit(url: str) -> bool:
    """Tell whether `url` has the form of an implicit SNOMED CT or LOINC value set."""
    return bool(_SNOMED.match(url) or _LOINC.match(parse_canonical(url)[0]))
