"""A made-up SNOMED CT edition in a pack, as providers and ECL are tested on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions
from loaders.rf2 import LOADER
from loaders.run import load
from termserver.library import Home
from termserver.providers.snomed import SnomedProvider
from termserver.store.build import build_pack
from termserver.store.pack import Pack
from tests.rf2_release import ATTRIBUTE, REPLACED_BY, ROOT, Rf2Release, international


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """A release with its concepts by name.

    disease > fracture > fracture_of_arm (defined: site = arm, morphology = break, in one group);
    body > limb > arm > left_arm; old_fracture is inactive and replaced by fracture.
    """

    release: Rf2Release
    codes: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.codes[name]


def clinic() -> Clinic:
    """Return the release of the tests, not yet written."""
    release = international()
    codes: dict[str, str] = {}
    for name, parent, tag in (
        ("site", ATTRIBUTE, "attribute"),
        ("morphology", ATTRIBUTE, "attribute"),
        ("count", ATTRIBUTE, "attribute"),
        ("disease", ROOT, "disorder"),
        ("body", ROOT, "body structure"),
        ("limb", "body", "body structure"),
        ("arm", "limb", "body structure"),
        ("left arm", "arm", "body structure"),
        ("shape", ROOT, "morphologic abnormality"),
        ("break", "shape", "morphologic abnormality"),
        ("fracture", "disease", "disorder"),
    ):
        codes[name] = release.concept(name.capitalize(), codes.get(parent, parent), tag=tag)
    codes["fracture of arm"] = release.concept("Fracture of arm", codes["fracture"], defined=True)
    arm = codes["fracture of arm"]
    release.relationship(codes["fracture"], codes["morphology"], codes["break"], group=1)
    release.relationship(arm, codes["site"], codes["arm"], group=1)
    release.relationship(arm, codes["morphology"], codes["break"], group=1)
    release.concrete(arm, codes["count"], "#1")
    codes["old fracture"] = release.concept("Old fracture", active=False)
    release.association(REPLACED_BY, codes["old fracture"], codes["fracture"])
    codes["set"] = release.concept("Fracture set", "900000000000455006", tag="foundation")
    release.member(codes["set"], codes["fracture"])
    release.member(codes["set"], codes["disease"], active=False)
    return Clinic(release=release, codes=codes)


def provider_of(release: Rf2Release, folder: Path) -> SnomedProvider:
    """Load a release into a home under `folder` and return its provider."""
    source = release.write(folder / "release")
    reading = LOADER.read([source], LoadOptions(), lambda what, done, total: None)
    pack = Pack.open(build_pack(folder / "home", reading.header, reading.records).path)
    return SnomedProvider(pack.provider(pack.systems()[0]))


def home_of(release: Rf2Release, folder: Path) -> Home:
    """Load a release into a home under `folder` and open it."""
    home = folder / "home"
    load(home, [str(release.write(folder / "release"))])
    return Home(home)
