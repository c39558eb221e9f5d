"""Ids of resources."""

import re

from api.ids import Identity, assign_ids, own_id


def identity(
    url: str, version: str | None = "1", given: str | None = "x", *, is_default: bool = True
) -> Identity:
    return Identity(type="ValueSet", url=url, version=version, given=given, is_default=is_default)


def test_the_default_version_keeps_the_id_that_the_package_gave() -> None:
    assert list(assign_ids([identity("http://a")])) == ["x"]


def test_another_version_has_an_id_of_its_own() -> None:
    new = identity("http://a", "2")
    old = identity("http://a", "1", is_default=False)
    ids = list(assign_ids([old, new]))
    assert ids[1] == "x"
    assert re.fullmatch(r"x-[0-9a-f]{12}", ids[0])


def test_two_canonicals_with_one_id_do_not_collide_whatever_their_order() -> None:
    one, two = identity("http://a"), identity("http://b")
    forward = dict(zip("ab", assign_ids([one, two]), strict=True))
    backward = dict(zip("ba", assign_ids([two, one]), strict=True))
    assert forward == backward
    assert forward["a"] == "x"
    assert forward["b"] != "x"


def test_a_made_id_is_valid_and_stable() -> None:
    made = own_id(identity("http://example.org/" + "very_long_name" * 20, given=None))
    assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", made)
    assert made == own_id(identity("http://example.org/" + "very_long_name" * 20, given=None))


def test_an_id_that_is_none_is_not_kept() -> None:
    (made,) = assign_ids([identity("http://example.org/set", given="not valid!")])
    assert re.fullmatch(r"set-[0-9a-f]{12}", made)
