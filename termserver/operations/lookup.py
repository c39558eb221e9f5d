"""CodeSystem/$lookup: all that is known of one code.

Source: FHIR R4 and R5 CodeSystem/$lookup; the suite adds code, system, abstract and `inactive`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from termserver.errors import InvalidRequest, NotSupported, UnknownCode, UnknownCodeSystem
from termserver.fhirjson import property_code
from termserver.issues import listed
from termserver.language import Languages, choose_display, first_languages, fits
from termserver.model import Coding, Concept, Designation, Member, Property
from termserver.operations.spelling import respelled
from termserver.providers.base import CodeSystemProvider, GrammarNotes, OnRequest, supports
from termserver.providers.icdo3_grade import GRADES
from termserver.providers.supplemented import SupplementedProvider, unwrapped
from termserver.systems import PREFERRED_FOR_LANGUAGE
from termserver.terminology import Terminology

_OUTPUTS = frozenset(
    {"url", "name", "version", "display", "definition", "designation", "code", "system"}
)
"""Values of `property` that name outputs of their own rather than properties."""
PREFERRED = Coding(
    system=PREFERRED_FOR_LANGUAGE, code="preferredForLanguage", display="Preferred For Language"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupRequest:
    """$lookup, release-neutral: `system` and `code` (from a Coding too)."""

    system: str | None
    code: str | None
    version: str | None = None
    date: str | None = None
    display_language: str | None = None
    accept_language: str | None = None
    properties: tuple[str, ...] = ()
    use_supplements: tuple[str, ...] = ()
    lenient_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The answer of $lookup. `supplements` are canonicals of those used."""

    name: str
    system: str
    code: str
    version: str | None
    display: str
    definition: str | None
    abstract: bool
    designations: tuple[Designation, ...]
    properties: tuple[Property, ...]
    supplements: tuple[str, ...] = ()


def lookup(terminology: Terminology, request: LookupRequest) -> Lookup:
    """Return what is known of the code; properties in the source's order, all if none is named.

    With `lenient_code` other ways to write it are taken; the answer has the code as it is defined,
    and the grade that was written with it as a property.

    Raises: InvalidRequest, InvalidLanguage, UnknownCodeSystem, UnknownCode, UnknownSupplement,
    NotSupported.
    """
    if request.system is None or request.code is None:
        raise InvalidRequest("$lookup needs a code and its system, or a coding with both")
    if request.date is not None:
        raise NotSupported(
            f"The parameter 'date' ({request.date}) is not supported: name a version instead"
        )
    languages = first_languages(
        (
            (request.display_language, "displayLanguage"),
            (request.accept_language, "Accept-Language"),
        )
    )
    provider = terminology.with_supplements(
        get_system(terminology, request.system, request.version), request.use_supplements
    )
    code, read = request.code, None
    if request.lenient_code:
        asked = Coding(system=request.system, version=request.version, code=code)
        _, read = respelled(terminology, asked) or (asked, None)
        code = code if read is None else read.code
    member = get_member(provider, code)
    concept = provider.concept(member)
    system = provider.system
    return Lookup(
        name=system.name or system.title or system.url,
        system=request.system,
        code=concept.code,
        version=system.version,
        display=choose_display(concept, system.language, languages)
        or concept.display
        or concept.code,
        definition=concept.definition if wants(request.properties, "definition") else None,
        abstract=concept.abstract,
        designations=tuple(_designations(request, concept, system.language, languages)),
        properties=(
            *_properties(request, provider, member, concept),
            *_grade(request, None if read is None else read.grade),
        ),
        supplements=tuple(one.canonical for one in provider.supplements)
        if isinstance(provider, SupplementedProvider)
        else (),
    )


def _grade(request: LookupRequest, grade: str | None) -> Iterable[Property]:
    """Yield the sixth digit of an ICD-O-3 code with its meaning, where one was written."""
    if grade is not None and wants(request.properties, "grade"):
        yield Property(code="grade", type="code", value=grade, description=GRADES[grade])


def get_system(terminology: Terminology, url: str, version: str | None) -> CodeSystemProvider:
    """Return the provider of a code system version. Raises: UnknownCodeSystem, saying what there
    is.
    """
    provider = terminology.find_system(url, version)
    if provider is None:
        known = terminology.system_versions(url)
        wanted = f" version '{version}'" if version else ""
        there = f" Known versions: {listed(known)}" if known else ""
        raise UnknownCodeSystem(
            f"A definition for CodeSystem '{url}'{wanted} could not be found.{there}",
            message_id="UNKNOWN_CODESYSTEM_VERSION" if version and known else "UNKNOWN_CODESYSTEM",
        )
    return provider


def get_member(provider: CodeSystemProvider, code: str) -> Member:
    """Return the member that `code` names. Raises: UnknownCode."""
    member = provider.find(code)
    if member is None:
        system = provider.system
        version = f" version {system.version}" if system.version else ""
        base = unwrapped(provider)
        why = base.why_unknown(code) if supports(base, GrammarNotes) else None
        reason = f": {why.text}" if why is not None else ""
        raise UnknownCode(f"Unable to find code '{code}' in {system.url}{version}{reason}")
    return member


def wants(properties: Sequence[str], name: str) -> bool:
    """Tell whether a request wants an output: all where it names none."""
    return not properties or "*" in properties or name in properties


def _designations(
    request: LookupRequest, concept: Concept, language: str | None, languages: Languages | None
) -> Iterable[Designation]:
    """Yield the display as a designation of its own language, then all others that are wanted."""
    asked = [one[5:] for one in request.properties if one.startswith("lang.")]
    everything = wants(request.properties, "designation")
    if not everything and not asked:
        return
    found = list(concept.designations)
    if concept.display is not None and language is not None and not _is_named(concept, language):
        found.insert(0, Designation(value=concept.display, language=language, use=PREFERRED))
    for one in found:
        if everything or any(fits(one.language, tag) for tag in asked):
            yield one


def _is_named(concept: Concept, language: str) -> bool:
    """Tell whether the display is a designation already (every term of SNOMED CT is one)."""
    return any(
        one.active and one.value == concept.display and fits(one.language, language)
        for one in concept.designations
    )


def _properties(
    request: LookupRequest, provider: CodeSystemProvider, member: Member, concept: Concept
) -> Iterable[Property]:
    asked = [
        one for one in request.properties if one not in _OUTPUTS and not one.startswith("lang.")
    ]
    if request.properties and not asked:
        return
    names = {property_code(provider.system, one) for one in asked}
    everything = not asked or "*" in names
    given = set()
    for one in all_properties(provider, member, concept):
        if everything or one.code in names:
            given.add(one.code)
            yield one
    base = unwrapped(provider)
    if names and supports(base, OnRequest):
        yield from (one for one in base.on_request(member, names) if one.code not in given)


def all_properties(
    provider: CodeSystemProvider, member: Member, concept: Concept
) -> Iterable[Property]:
    """Yield `inactive`, the concept's own properties, then parents and children not in them."""
    own = {one.code for one in concept.properties}
    if "inactive" not in own:
        yield Property(code="inactive", type="boolean", value=concept.inactive)
    yield from concept.properties
    if isinstance(member, int):
        for name, steps in (
            ("parent", provider.hierarchy.parents),
            ("child", provider.hierarchy.children),
        ):
            if name not in own:
                for one in steps(member):
                    yield Property(
                        code=name,
                        type="code",
                        value=provider.code_of(one),
                        description=provider.display_of(one),
                    )
