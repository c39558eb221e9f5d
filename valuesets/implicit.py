"""Value sets without a definition: of SNOMED CT, LOINC, UCUM, ICD-O-3 and any code system."""

from __future__ import annotations

import re
from urllib.parse import unquote

from termserver.canonical import parse_canonical, version_matches
from termserver.errors import InvalidValueSet
from termserver.model import FilterClause
from termserver.systems import ICD_O_3, LOINC, SNOMED_CT, UCUM
from termserver.terminology import Terminology
from valuesets.model import Compose, Include, ValueSet

_SNOMED = re.compile(
    r"(http://snomed\.info/x?sct(?:/\d+(?:/version/\d+)?)?)\?fhir_vs(?:=(.*))?$", re.S
)
_LOINC = re.compile(r"http://loinc\.org/vs(?:/(L[LPG]\d+-\d))?$")
_UCUM = re.compile(r"http://unitsofmeasure\.org/vs/(.+)$")
_ICD_O_3 = re.compile(
    r"(?:http://terminology\.hl7\.org/CodeSystem|http://hl7\.org/fhir/sid)/icd-o-3/vs"
    r"(?:/(topography|morphology))?$"
)
_SCTID = re.compile(r"\d{6,18}$")


def implicit_value_set(terminology: Terminology, url: str, version: str | None) -> ValueSet | None:
    """Return the value set that `url` implies, None where it implies none.

    Sources: THO pages "Using SNOMED CT", "Using LOINC" and "Using UCUM"; CodeSystem.valueSet; the
    code system's own url. Those of ICD-O-3 (all, topography, morphology) are ours: mCODE's authors
    had none to bind to. Raises: InvalidValueSet for a `fhir_vs` form that does not exist.
    """
    match = _SNOMED.match(url)
    if match:
        found = _of_snomed(url, match[1], match[2], version)
        return found if _is_there(terminology, found) else None
    match = _LOINC.match(url)
    if match:
        include = _of_loinc(match[1], version)
        own = terminology.find_system(LOINC, version)
        kind = "AnswerList" if (match[1] or "").startswith("LL") else ""
        name = f"LOINC{kind}{(match[1] or 'All').replace('-', '_')}"
        return _made(
            url,
            version or (own.system.version if own else None),
            include,
            name=name,
            rights=own.system.copyright if own else None,
        )
    match = _UCUM.match(url)
    if match:
        return _of_ucum(url, unquote(match[1]), version)
    match = _ICD_O_3.match(url)
    if match and terminology.find_system(ICD_O_3, version) is not None:
        return _of_icd_o_3(url, match[1], version)
    for system in terminology.code_systems_with_value_set(url):
        if version is None or version_matches(system.version or "", version):
            return _made(url, version, Include(system=system.url, version=system.version))
    if terminology.find_system(url, version) is not None:
        return _made(url, version, Include(system=url, version=version))
    return None


def _made(
    url: str,
    version: str | None,
    include: Include,
    *,
    name: str | None = None,
    title: str | None = None,
    rights: str | None = None,
) -> ValueSet:
    facts = {
        "url": url,
        "version": version,
        "name": name,
        "title": title,
        "status": "active",
        "copyright": rights,
    }
    resource = {"resourceType": "ValueSet"} | {key: one for key, one in facts.items() if one}
    return ValueSet(
        url=url,
        version=version,
        status="active",
        compose=Compose(includes=(include,)),
        resource=resource,
    )


def snomed_value_set(url: str) -> ValueSet | None:
    """Return the value set that a `fhir_vs` url without version says, whether or not its concept
    is there; None for a url of another form. Raises: InvalidValueSet for a form that is none.
    """
    match = _SNOMED.match(url)
    return _of_snomed(url, match[1], match[2], None) if match else None


def is_expression(url: str) -> bool:
    """Tell whether a value set is named by an expression, whose members can take seconds to find.

    What takes so long is not for the event loop.
    """
    return "?fhir_vs=ecl/" in url


_SNOMED_RIGHTS = (
    "This value set includes content from SNOMED CT, which is copyright © 2002+ International "
    "Health Terminology Standards Development Organisation (SNOMED International), and distributed "
    "by agreement between SNOMED International and HL7. Implementer use of SNOMED CT is not "
    "covered by this agreement"
)
"""The copyright that THO's page "Using SNOMED CT" gives an implicit value set."""
_ALL = "SNOMED CT Reference Set (All of SNOMED CT)"


def _of_snomed(url: str, base: str, query: str | None, asked: str | None) -> ValueSet:
    version = asked if base == SNOMED_CT else base
    form, _, rest = (query or "").partition("/")
    match form if query is not None else None:
        case None:
            clause, name, title = None, "ALLSNOMEDCT", _ALL
        case "isa":
            clause = FilterClause(property="concept", op="is-a", value=_sctid(url, rest))
            name, title = f"SNOMEDCTConcept{rest}", f"SNOMED CT Concept {rest} and descendants"
        case "refset" if query == "refset":
            clause = FilterClause(property="concept", op="in", value="*")
            name, title = "SNOMEDCTReferenceSets", "SNOMED CT Reference Sets (all of them)"
        case "refset":
            clause = FilterClause(property="concept", op="in", value=_sctid(url, rest))
            name, title = f"SNOMEDCTReferenceSet{rest}", f"SNOMED CT Reference Set {rest}"
        case "ecl":
            clause = FilterClause(property="constraint", op="=", value=unquote(rest))
            name, title = "SNOMEDCTECL", f"SNOMED CT concepts of {unquote(rest)}"
        case _:
            raise InvalidValueSet(
                f"Unknown implicit value set '{url}'; known forms: ?fhir_vs, ?fhir_vs=isa/[sctid], "
                "?fhir_vs=refset, ?fhir_vs=refset/[sctid], ?fhir_vs=ecl/[expression]"
            )
    include = Include(
        system=SNOMED_CT, version=version, filters=(clause,) if clause is not None else ()
    )
    return _made(url, asked, include, name=name, title=title, rights=_SNOMED_RIGHTS)


def _is_there(terminology: Terminology, value_set: ValueSet) -> bool:
    """Tell whether the concept that `isa/` or `refset/` names exists, where its edition is loaded.

    Without it there is no such value set (suite snomed, validate-code-implied-1b), nor has it a
    version that its edition does not have.
    """
    include = value_set.compose.includes[0] if value_set.compose else Include()
    provider = terminology.find_system(SNOMED_CT, include.version)
    asked = value_set.version
    if asked is not None and (provider is None or provider.system.version != asked):
        return False
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


def _of_ucum(url: str, unit: str, version: str | None) -> ValueSet:
    """Return all units that are comparable to one (THO, "UCUM Comparable Value Set")."""
    clause = FilterClause(property="comparable", op="=", value=unit)
    include = Include(system=UCUM, version=version, filters=(clause,))
    return _made(url, version, include, name=f"Ucum Expressions comparable to {unit}")


def _of_icd_o_3(url: str, axis: str | None, version: str | None) -> ValueSet:
    clauses = (FilterClause(property="axis", op="=", value=axis),) if axis else ()
    include = Include(system=ICD_O_3, version=version, filters=clauses)
    return _made(url, version, include, name=f"ICDO3{(axis or 'all').capitalize()}")


def is_implicit(url: str) -> bool:
    """Tell whether `url` has the form of an implicit value set of these code systems."""
    bare = parse_canonical(url)[0]
    return bool(_SNOMED.match(url) or any(it.match(bare) for it in (_LOINC, _UCUM, _ICD_O_3)))
