"""Implicit maps over a pack that was built from a made-up release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.rf2 import LOADER
from termserver.errors import NotSupported, UnknownConceptMap
from termserver.model import Coding, Json
from termserver.operations.translate import TranslateRequest, Translation, translate
from termserver.providers.base import CodeSystemProvider
from termserver.store.build import build_pack, silent
from termserver.store.pack import Pack
from termserver.systems import ICD_O_3, SNOMED_CT
from tests.rf2_release import (
    CORE,
    EXTENDED_MAP,
    ICD_O_MAP,
    MODEL,
    REPLACED_BY,
    ROOT,
    US,
    Rf2Release,
)

OTHER_MAP, CORRELATED_MAP = "900000000000456007", "900000000000489007"
FROM_MAP = "1193497006"
ASSOCIATIONS = {
    "900000000000523009": ("inexact", "related-to"),  # possibly equivalent to
    "900000000000526001": ("equivalent", "equivalent"),  # replaced by
    "900000000000527005": ("equal", "equivalent"),  # same as
    "900000000000528000": ("wider", "source-is-narrower-than-target"),  # was a
    "900000000000530003": ("inexact", "related-to"),  # alternative
    "1186921001": ("inexact", "related-to"),  # possibly replaced by
    "1186924009": ("relatedto", "related-to"),  # partially equivalent to
    "900000000000524003": ("relatedto", "related-to"),  # moved to
    "900000000000525002": ("relatedto", "related-to"),  # moved from
    "900000000000529008": ("relatedto", "related-to"),  # similar to
    "900000000000531004": ("relatedto", "related-to"),  # refers to
}
"""Historical association -> equivalence (R4), relationship (R5)."""
EDITION = f"http://snomed.info/sct/{CORE}/version/20250801"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One pack and no documents."""

    pack: Pack
    release: str = "4.0"
    snapshot: object | None = None

    def find_system(self, url: str, version: str | None = None, /) -> CodeSystemProvider | None:
        fits = url == SNOMED_CT and EDITION.startswith(version or EDITION)
        return self.pack.provider(self.pack.systems()[0]) if fits else None

    def find_document(self, type_: str, url: str, version: str | None = None, /) -> Json | None:
        return None

    def documents(self, type_: str, /) -> Sequence[Json]:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The concepts of the release."""

    old: str
    new: str


@pytest.fixture
def loaded(tmp_path: Path) -> tuple[Loaded, Codes]:
    release = Rf2Release()
    release.dependency(CORE, MODEL)
    release.concept("Root", id=ROOT)
    for metadata in (
        CORE,
        MODEL,
        REPLACED_BY,
        ICD_O_MAP,
        EXTENDED_MAP,
        US,
        OTHER_MAP,
        CORRELATED_MAP,
        FROM_MAP,
        *(one for one in ASSOCIATIONS if one != REPLACED_BY),
    ):
        release.concept(f"Metadata {metadata}", ROOT, id=metadata, module=MODEL)
    new = release.concept("Fracture of arm", ROOT)
    old = release.concept("Broken arm", active=False)
    for association in ASSOCIATIONS:
        release.association(association, old, new)
    for code, active in (("10011878", True), ("10011879", True), ("10011880", False)):
        release.member(
            FROM_MAP,
            new,
            [code],
            name="SimpleMapFrom",
            pattern="s",
            columns=("mapSource",),
            active=active,
        )
    release.simple_map(ICD_O_MAP, new, "C40.0")
    release.simple_map(OTHER_MAP, new, "X1")
    release.member(
        CORRELATED_MAP,
        new,
        ["Y1", "447558009"],
        name="SimpleMapWithCorrelation",
        pattern="sc",
        columns=("mapTarget", "correlationId"),
    )
    release.extended_map(new, 1, 1, "IFA 1 | Child |", "IF CHILD", "S42.0")
    release.extended_map(new, 1, 2, "TRUE", "ALWAYS S42.3", "S42.3")
    reading = LOADER.read([release.write(tmp_path / "rf2")], LoadOptions(), silent)
    pack = build_pack(tmp_path / "home", reading.header, reading.records)
    return Loaded(Pack.open(pack.path)), Codes(old=old, new=new)


def ask(loaded: Loaded, refset: str, code: str, **more: object) -> Translation:
    coding = (Coding(system=SNOMED_CT, code=code),)
    request = {"url": f"{SNOMED_CT}?fhir_cm={refset}", "codings": coding} | more
    return translate(loaded, TranslateRequest(**request))  # type: ignore[arg-type]


def test_a_historical_association_is_a_map_with_display_and_version(
    loaded: tuple[Loaded, Codes],
) -> None:
    source, codes = loaded
    answer = ask(source, REPLACED_BY, codes.old)

    [match] = answer.matches
    assert match.concept == Coding(
        system=SNOMED_CT, version=EDITION, code=codes.new, display="Fracture of arm"
    )
    assert (match.equivalence, match.relationship) == ("equivalent", "equivalent")
    assert match.origin_map == f"{SNOMED_CT}?fhir_cm={REPLACED_BY}|{EDITION}"
    assert answer.used_systems == (f"{SNOMED_CT}|{EDITION}",)


@pytest.mark.parametrize("refset", [REPLACED_BY, ICD_O_MAP, EXTENDED_MAP, FROM_MAP])
def test_a_code_that_is_no_identifier_has_no_translation(
    loaded: tuple[Loaded, Codes], refset: str
) -> None:
    source, codes = loaded
    eastern = codes.old.translate({ord("0") + at: ord("٠") + at for at in range(10)})
    for code in (f"0{codes.old}", eastern, "9" * 19, "9" * 5000):
        assert not ask(source, refset, code).result
    with pytest.raises(UnknownConceptMap):
        ask(source, "9" * 5000, codes.old)


def test_the_edition_may_stand_in_the_url(loaded: tuple[Loaded, Codes]) -> None:
    source, codes = loaded

    assert ask(source, "", codes.old, url=f"{EDITION}?fhir_cm={REPLACED_BY}").result
    with pytest.raises(UnknownConceptMap, match="not loaded"):
        ask(source, "", codes.old, url=f"{SNOMED_CT}/1/version/2?fhir_cm={REPLACED_BY}")


def test_a_simple_map_names_the_system_of_its_targets_and_turns_round(
    loaded: tuple[Loaded, Codes],
) -> None:
    source, codes = loaded

    forward = ask(source, ICD_O_MAP, codes.new).matches
    assert [one.concept for one in forward] == [Coding(system=ICD_O_3, code="C40.0")]
    asked = (Coding(system="http://hl7.org/fhir/sid/icd-o-3", code="C40.0"),)
    back = ask(source, ICD_O_MAP, "", codings=(), target_codings=asked).matches
    assert [one.source.code for one in back if one.source] == [codes.new]


@pytest.mark.parametrize(
    "system",
    [
        ICD_O_3,
        "http://hl7.org/fhir/sid/icd-o-3",
        "http://hl7.org/fhir/sid/icd-o",
        "urn:oid:2.16.840.1.113883.6.43.1",
    ],
)
def test_the_icd_o_map_answers_under_the_canonical_that_the_caller_names(
    loaded: tuple[Loaded, Codes], system: str
) -> None:
    source, codes = loaded

    [match] = ask(source, ICD_O_MAP, codes.new, target_system=system).matches
    assert match.concept == Coding(system=system, code="C40.0")
    assert not ask(source, ICD_O_MAP, codes.new, target_system="http://loinc.org").result


def test_a_target_system_alone_asks_the_maps_to_it(loaded: tuple[Loaded, Codes]) -> None:
    source, codes = loaded
    alias = "http://hl7.org/fhir/sid/icd-o"

    [match] = ask(source, "", codes.new, url=None, target_system=alias).matches
    assert match.concept == Coding(system=alias, code="C40.0")
    assert match.origin_map == f"{SNOMED_CT}?fhir_cm={ICD_O_MAP}|{EDITION}"
    assert not ask(source, "", codes.new, url=None).result
    target = (Coding(system=alias, code="C40.0"),)
    back = ask(source, "", "", url=None, codings=(), target_codings=target)
    assert [one.source.code for one in back.matches if one.source] == [codes.new]


def test_a_map_whose_target_system_is_not_told_says_so_where_one_is_asked_for(
    loaded: tuple[Loaded, Codes],
) -> None:
    source, codes = loaded

    [match] = ask(source, OTHER_MAP, codes.new).matches
    assert match.concept == Coding(code="X1")
    asked = ask(source, OTHER_MAP, codes.new, target_system="http://example.org/x")
    assert not asked.result
    assert "does not say of which system its targets are" in (asked.message or "")


def test_the_correlation_of_a_row_is_its_relationship(loaded: tuple[Loaded, Codes]) -> None:
    source, codes = loaded

    [match] = ask(source, CORRELATED_MAP, codes.new).matches
    assert (match.equivalence, match.relationship) == (
        "wider",
        "source-is-narrower-than-target",
    )


def test_a_conditional_row_of_an_extended_map_is_not_answered_unconditionally(
    loaded: tuple[Loaded, Codes],
) -> None:
    source, codes = loaded
    r4 = ask(source, EXTENDED_MAP, codes.new)
    r5 = ask(Loaded(source.pack, "5.0"), EXTENDED_MAP, codes.new)

    for answer in (r4, r5):
        assert [one.concept.code for one in answer.matches] == ["S42.0", "S42.3"]
        assert [[it.value for it in one.depends_on] for one in answer.matches] == [
            ["IFA 1 | Child |"],
            ["OTHERWISE TRUE"],
        ]
        assert answer.message == "the target of map group 1 depends on rules"


def test_a_reference_set_that_is_no_map_is_named(loaded: tuple[Loaded, Codes]) -> None:
    source, codes = loaded

    with pytest.raises(UnknownConceptMap, match=f"no reference set '77'; its maps: .*{ICD_O_MAP}"):
        ask(source, "77", codes.new)
    with pytest.raises(NotSupported, match="is no map"):
        ask(source, "900000000000534007", codes.new)


@pytest.mark.parametrize("association", ASSOCIATIONS)
def test_every_historical_association_is_a_map_with_its_relationship(
    loaded: tuple[Loaded, Codes], association: str
) -> None:
    source, codes = loaded

    [match] = ask(source, association, codes.old).matches
    assert match.concept.code == codes.new
    assert (match.equivalence, match.relationship) == ASSOCIATIONS[association]
    back = (Coding(system=SNOMED_CT, code=codes.new),)
    [reverse] = ask(source, association, "", codings=(), target_codings=back).matches
    assert reverse.source is not None
    assert reverse.source.code == codes.old


def test_a_map_to_snomed_ct_is_asked_by_the_other_systems_code(
    loaded: tuple[Loaded, Codes],
) -> None:
    source, codes = loaded
    other = "http://example.org/events"

    coding = (Coding(system=other, code="10011878"),)
    [match] = ask(source, FROM_MAP, "", codings=coding).matches
    assert match.concept == Coding(
        system=SNOMED_CT, version=EDITION, code=codes.new, display="Fracture of arm"
    )
    inactive = (Coding(system=other, code="10011880"),)
    assert not ask(source, FROM_MAP, "", codings=inactive).result
    target = (Coding(system=SNOMED_CT, code=codes.new),)
    back = ask(source, FROM_MAP, "", codings=(), target_codings=target).matches
    assert [one.source.code for one in back if one.source] == ["10011878", "10011879"]


def test_maps_in_either_direction_are_among_those_that_are_named(
    loaded: tuple[Loaded, Codes],
) -> None:
    source, codes = loaded

    with pytest.raises(UnknownConceptMap) as caught:
        ask(source, "77", codes.new)
    named = caught.value.text
    assert all(one in named for one in (*ASSOCIATIONS, ICD_O_MAP, EXTENDED_MAP, FROM_MAP))
