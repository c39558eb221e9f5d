"""SNOMED CT editions: the modules that make one, and the language reference sets each prefers.

Source: SNOMED International, "List of SNOMED CT Edition URIs" and the release notes of each member;
every identifier's check digit is tested. An edition that is not here is loaded with `--version`.
"""

from __future__ import annotations

from dataclasses import dataclass

CORE_MODULE = 900000000000207008
MAP_MODULES = frozenset({449080006, 449079008})
"""Modules of maps that ride in the International release and make no edition (ICD-10, CTV3)."""

US_ENGLISH = 900000000000509007
GB_ENGLISH = 900000000000508004


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionModule:
    """A module that names an edition, and its language reference sets, the preferred one first."""

    module: int
    name: str
    dialects: tuple[int, ...] = ()


_TABLE = (
    EditionModule(module=CORE_MODULE, name="International", dialects=(US_ENGLISH, GB_ENGLISH)),
    EditionModule(module=827022005, name="International Patient Set", dialects=(US_ENGLISH,)),
    EditionModule(module=449081005, name="Spanish (International)", dialects=(450828004,)),
    EditionModule(module=11000221109, name="Argentina", dialects=(450828004,)),
    EditionModule(module=32506021000036107, name="Australia", dialects=(32570271000036106,)),
    EditionModule(module=11000234105, name="Austria", dialects=(21000234103,)),
    EditionModule(module=11000172109, name="Belgium", dialects=(31000172101, 21000172104)),
    EditionModule(module=20611000087101, name="Canada", dialects=(19491000087109, 20581000087109)),
    EditionModule(module=554471000005108, name="Denmark", dialects=(554461000005103,)),
    EditionModule(module=11000181102, name="Estonia", dialects=(71000181105,)),
    EditionModule(module=11000229106, name="Finland", dialects=()),
    EditionModule(module=11000315107, name="France", dialects=(10031000315102,)),
    EditionModule(module=11000274103, name="Germany", dialects=(31000274107,)),
    EditionModule(module=1121000189102, name="India", dialects=()),
    EditionModule(module=11000220105, name="Ireland", dialects=(21000220103,)),
    EditionModule(module=11000267109, name="Republic of Korea", dialects=(21000267104,)),
    EditionModule(module=11000146104, name="Netherlands", dialects=(31000146106,)),
    EditionModule(module=21000210109, name="New Zealand", dialects=(271000210107,)),
    EditionModule(module=51000202101, name="Norway", dialects=(61000202103,)),
    EditionModule(module=45991000052106, name="Sweden", dialects=(46011000052107,)),
    EditionModule(module=2011000195101, name="Switzerland", dialects=(2041000195100,)),
    EditionModule(
        module=83821000000107,
        name="United Kingdom",
        dialects=(999001261000000100, 999000691000001104, GB_ENGLISH),
    ),
    EditionModule(
        module=999000041000000102,
        name="United Kingdom Clinical",
        dialects=(999001261000000100, GB_ENGLISH),
    ),
    EditionModule(module=731000124108, name="United States", dialects=(US_ENGLISH,)),
    EditionModule(
        module=5991000124107, name="United States with ICD-10-CM", dialects=(US_ENGLISH,)
    ),
    EditionModule(module=5631000179106, name="Uruguay", dialects=(450828004,)),
)

EDITIONS: dict[int, EditionModule] = {one.module: one for one in _TABLE}
"""Module -> edition."""


def dialects_of(module: int | None) -> tuple[int, ...]:
    """Return the language reference sets of an edition in the order of choice; never empty.

    The edition's own come first, then US and GB English, in which every edition holds the
    International content.
    """
    edition = EDITIONS.get(module or CORE_MODULE)
    own = edition.dialects if edition is not None else ()
    return tuple(dict.fromkeys((*own, US_ENGLISH, GB_ENGLISH)))
