"""CodeSystem/$find-matches over SNOMED CT: attributes, and attributes together in a role group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.wire.answers import found_json
from termserver.errors import InvalidValueSet, NotSupported, UnknownCode
from termserver.library import Home
from termserver.operations.find_matches import FindRequest, Found, WantedProperty, find_matches
from termserver.systems import SNOMED_CT
from tests.snomed_edition import Clinic, clinic, home_of

GROUP = "609096000"


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    release = made.release
    made.codes["two groups"] = release.concept("Two groups", made["disease"], tag="disorder")
    release.relationship(made["two groups"], made["site"], made["left arm"], group=1)
    release.relationship(made["two groups"], made["morphology"], made["break"], group=2)
    return made


@pytest.fixture(scope="module")
def home(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    found = home_of(made.release, tmp_path_factory.mktemp("find"))
    yield found
    found.close()


def found(home: Home, *properties: WantedProperty, exact: bool = True) -> tuple[Found, ...]:
    request = FindRequest(system=SNOMED_CT, properties=properties, exact=exact)
    return find_matches(home.terminology(), request)


def codes(home: Home, *properties: WantedProperty) -> list[str | None]:
    return [one.coding.code for one in found(home, *properties)]


def attribute(made: Clinic, name: str, value: str) -> WantedProperty:
    return WantedProperty(code=made[name], value=made.codes.get(value, value))


def group(*attributes: WantedProperty) -> WantedProperty:
    return WantedProperty(code=GROUP, parts=attributes)


def test_attributes_of_one_role_group_stand_together(home: Home, made: Clinic) -> None:
    site, shape = attribute(made, "site", "limb"), attribute(made, "morphology", "shape")

    assert codes(home, site, shape) == [made["fracture of arm"], made["two groups"]]
    assert codes(home, group(site, shape)) == [made["fracture of arm"]]
    assert codes(home, group(site), group(shape)) == [made["fracture of arm"], made["two groups"]]
    focus = WantedProperty(code="focus", value=made["fracture"])
    assert codes(home, focus, group(shape)) == [made["fracture"], made["fracture of arm"]]


def test_numbers_and_uris_are_taken(home: Home, made: Clinic) -> None:
    uri = WantedProperty(code=f"http://snomed.info/id/{made['site']}", value=made["arm"])

    assert codes(home, attribute(made, "count", "1")) == [made["fracture of arm"]]
    assert codes(home, uri) == [made["fracture of arm"], made["two groups"]]


def test_what_is_lacking_is_told_with_its_group(home: Home, made: Clinic) -> None:
    wanted = group(attribute(made, "site", "left arm"), attribute(made, "morphology", "break"))
    focus = WantedProperty(code="focus", value=made["two groups"])
    answer: Any = found_json(found(home, focus, wanted, exact=False), "4.0")

    [match] = answer["parameter"]
    [unmatched] = [one for one in match["part"] if one["name"] == "unmatched"]
    assert unmatched["part"] == [
        {"name": "code", "valueCode": GROUP},
        *(
            {
                "name": "property",
                "part": [
                    {"name": "code", "valueCode": made[name]},
                    {"name": "value", "valueString": made[value]},
                ],
            }
            for name, value in (("site", "left arm"), ("morphology", "break"))
        ),
    ]


def test_what_is_not_known_is_refused_by_name(home: Home, made: Clinic) -> None:
    site = attribute(made, "site", "arm")

    with pytest.raises(NotSupported, match=rf"'{made['site']}'.*{GROUP} \(role group\)"):
        codes(home, WantedProperty(code=made["site"], parts=(site,)))
    with pytest.raises(UnknownCode, match="73211009"):
        codes(home, group(attribute(made, "site", "73211009")))
    with pytest.raises(InvalidValueSet, match="no attribute"):
        codes(home, group(attribute(made, "arm", "limb")))
