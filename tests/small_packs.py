"""Small packs for tests: built in a temporary home from records that the test writes down."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from termserver.model import CodeSystem, Ordinal
from termserver.providers.stored import StoredProvider
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    EdgeRecord,
    PackHeader,
    Record,
    SourceFile,
)
from termserver.store.build import build_pack
from termserver.store.installed import InstalledPack
from termserver.store.pack import Pack

URL = "http://example.org/animals"


def header(name: str = "animals", version: str = "1", source: str = "a") -> PackHeader:
    return PackHeader(
        name=name,
        version=version,
        kind="csv",
        sources=(SourceFile(name=f"{source}.csv", sha256=source * 64),),
    )


def tree(
    codes: str,
    edges: str = "",
    *,
    url: str = URL,
    version: str | None = "1",
    case_sensitive: bool | None = True,
) -> list[Record]:
    """Records of a code system: codes and `child<parent` edges, blank-separated."""
    system = CodeSystem(url=url, version=version, case_sensitive=case_sensitive)
    pairs = [one.split("<") for one in edges.split()]
    return [
        CodeSystemRecord(system=system),
        *(ConceptRecord(code=code, display=f"Display of {code}") for code in codes.split()),
        *(EdgeRecord(child=child, parent=parent) for child, parent in pairs),
    ]


def build(home: Path, records: Iterable[Record], head: PackHeader | None = None) -> InstalledPack:
    return build_pack(home, head or header(), records)


def opened(home: Path, records: Iterable[Record]) -> Pack:
    return Pack.open(build(home, records).path)


def only_provider(pack: Pack) -> StoredProvider:
    (system,) = pack.systems()
    return pack.provider(system)


def codes_of(provider: StoredProvider, ordinals: Iterable[int]) -> Sequence[str]:
    return [provider.code_of(Ordinal(one)) for one in ordinals]
