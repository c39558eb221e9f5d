"""$preferred-id and $translate-id over NamingSystems made in the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from termserver.errors import InvalidRequest, UnknownResource
from termserver.fhirjson import code_system_header
from termserver.model import CodeSystem, Json
from termserver.operations.preferred_id import Identifier, preferred_id, translate_id

LOINC, OID = "http://loinc.org", "2.16.840.1.113883.6.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A terminology of a few resources."""

    resources: tuple[Json, ...]
    release: str = "4.0"

    def documents(self, type_: str, /) -> Sequence[Json]:
        return [one for one in self.resources if one["resourceType"] == type_]

    def code_systems(self) -> Sequence[CodeSystem]:
        return [code_system_header(one) for one in self.documents("CodeSystem")]


def naming(*ids: dict[str, Any], name: str = "loinc", **more: Any) -> Json:
    return {"resourceType": "NamingSystem", "id": name, "uniqueId": [*ids], **more}


def uid(type_: str, value: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "value": value, **more}


BOTH = naming(uid("uri", LOINC, preferred=True), uid("oid", OID))


def test_an_oid_is_found_with_and_without_its_prefix() -> None:
    source = Loaded(resources=(BOTH,))

    assert preferred_id(source, OID, "uri") == LOINC
    assert preferred_id(source, f"urn:oid:{OID}", "uri") == LOINC


def test_an_oid_comes_back_plain() -> None:
    prefixed = naming(uid("uri", LOINC), uid("oid", f"urn:oid:{OID}"))

    assert preferred_id(Loaded(resources=(prefixed,)), LOINC, "oid") == OID


def test_an_identifier_of_two_systems_is_an_error_that_names_them() -> None:
    source = Loaded(resources=(BOTH, naming(uid("oid", OID), uid("uri", "http://x"), name="x")))

    with pytest.raises(InvalidRequest, match="several systems: 'loinc', 'x'"):
        preferred_id(source, OID, "uri")


def test_versions_of_one_system_are_told_by_their_id_where_the_older_has_no_url() -> None:
    url = "http://terminology.hl7.org/NamingSystem/loinc"
    source = Loaded(resources=({**BOTH, "url": url}, naming(uid("uri", LOINC), uid("oid", OID))))

    assert preferred_id(source, LOINC, "oid") == OID


def test_systems_with_the_same_identifiers_are_one() -> None:
    example = {**BOTH, "id": "example", "url": "http://hl7.org/fhir/NamingSystem/example"}

    assert preferred_id(Loaded(resources=(BOTH, example)), LOINC, "oid") == OID


def test_several_identifiers_of_the_type_are_an_error_at_r4_and_the_preferred_one_at_r5() -> None:
    two = naming(uid("oid", OID), uid("uri", "http://a"), uid("uri", "http://b", preferred=True))

    with pytest.raises(InvalidRequest, match="2 identifiers of type 'uri': 'http://a', 'http://b'"):
        preferred_id(Loaded(resources=(two,)), OID, "uri")
    assert preferred_id(Loaded(resources=(two,), release="5.0"), OID, "uri") == "http://b"


def test_a_date_leaves_out_identifiers_that_were_not_valid() -> None:
    changed = naming(
        uid("oid", OID),
        uid("uri", "http://old", period={"end": "2010"}),
        uid("uri", "http://new", period={"start": "2011-03"}),
    )
    source = Loaded(resources=(changed,), release="5.0")

    assert preferred_id(source, OID, "uri", "2009-05-01") == "http://old"
    assert preferred_id(source, OID, "uri", "2011-03-15") == "http://new"


def test_an_unknown_identifier_type_or_missing_value_is_named() -> None:
    source = Loaded(resources=(BOTH,))

    with pytest.raises(UnknownResource, match="has the identifier 'http://none'"):
        preferred_id(source, "http://none", "oid")
    with pytest.raises(UnknownResource, match="no identifier of type 'uuid'"):
        preferred_id(source, LOINC, "uuid")
    with pytest.raises(InvalidRequest, match="'iri-stem' in 'type'; known: oid, uuid, uri, other"):
        preferred_id(source, LOINC, "iri-stem")


def test_a_retired_naming_system_does_not_answer() -> None:
    with pytest.raises(UnknownResource):
        preferred_id(Loaded(resources=({**BOTH, "status": "retired"},)), OID, "uri")


def test_code_systems_answer_where_no_naming_system_does() -> None:
    system = {
        "resourceType": "CodeSystem",
        "url": "http://example.org/cs",
        "content": "complete",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}],
    }
    source = Loaded(resources=(BOTH, system))

    assert preferred_id(source, "1.2.3", "uri") == "http://example.org/cs"
    assert preferred_id(source, "http://example.org/cs", "oid") == "1.2.3"


def test_translate_id_gives_all_of_the_type_or_the_preferred() -> None:
    two = naming(uid("oid", OID), uid("uri", "http://a"), uid("uri", "http://b", preferred=True))
    source = Loaded(resources=(two,), release="5.0")

    found = translate_id(source, OID, "oid", "uri")
    assert [one.value for one in found] == ["http://a", "http://b"]
    assert translate_id(source, OID, "oid", "uri", preferred_only=True) == (
        Identifier(type="uri", value="http://b", preferred=True),
    )
    assert translate_id(source, OID, "uri", "oid") == ()
