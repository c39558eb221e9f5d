"""What `import termserver` offers to programs: open a home and ask it the questions that FHIR asks.

A composition root: it opens the catalogue and its packs and builds the providers.

    >>> import termserver
    >>> with termserver.open("termserver-data") as library:          # doctest: +SKIP
    ...     library.lookup("http://snomed.info/sct", "254837009").display
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from termserver.model import Coding
from termserver.operations.lookup import Lookup, LookupRequest, lookup
from termserver.operations.subsumes import SubsumesRequest, SubsumptionOutcome, subsumes
from termserver.operations.translate import TranslateRequest, Translation, translate
from termserver.operations.validate_code import validate_code as validate_in_code_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.providers.grammars import grammar_contents
from termserver.providers.packs import build_registry, pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.store.catalogue import Catalogue
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import ExpandRequest, Expansion
from valuesets.validate_code import validate_code


class Home:
    """A home opened for reading: its catalogue, the packs in use and the registry over them.

    `refresh` follows a changed catalogue; packs that are no longer installed are closed with
    the change after that.
    """

    def __init__(
        self, path: Path, *, dialects: Iterable[int] = (), default_edition: str | None = None
    ) -> None:
        """Open the catalogue and every installed pack. Raises: StoreError.

        `dialects` are language reference sets to prefer for SNOMED CT, `default_edition` the module
        or URI of the edition that answers where no version is asked for.
        """
        self._default_edition = default_edition
        self.path = path
        self.catalogue = Catalogue.open(path)
        self._makers = wrappers(tuple(dialects))
        self._packs: dict[str, Pack] = {}
        self._retired: list[Pack] = []
        self.registry = self._build()
        self.catalogue.changed()

    def _build(self) -> Registry:
        installed = self.catalogue.packs()
        wanted = {one.folder for one in installed}
        retired = [pack for folder, pack in self._packs.items() if folder not in wanted]
        self._packs = {folder: one for folder, one in self._packs.items() if folder in wanted}
        contents = []
        for one in installed:
            pack = self._packs.get(one.folder)
            if pack is None:
                pack = self._packs[one.folder] = Pack.open(one.path)
            contents.append(pack_content(one, pack, self._makers, self._default_edition))
        registry = build_registry([*contents, *grammar_contents()])
        # Answers under way in other threads may still read them: closed with the next change.
        leaving, self._retired = self._retired, retired
        for pack in leaving:
            pack.close()
        return registry

    def refresh(self) -> bool:
        """Follow a changed catalogue; tell whether anything changed. Cost: microseconds if not."""
        if not self.catalogue.changed():
            return False
        self.registry = self._build()
        return True

    def terminology(self, release: str = "4.0") -> Terminology:
        """Return what is loaded as the FHIR base of `release` ("4.0" or "5.0") sees it."""
        return Terminology(self.registry, release)

    def close(self) -> None:
        """Close packs and catalogue."""
        for pack in (*self._packs.values(), *self._retired):
            pack.close()
        self._packs.clear()
        self._retired.clear()
        self.catalogue.close()


def open_terminology(home: Path, *, release: str = "4.0") -> Terminology:
    """Return the terminology of a home, which stays open as long as it is used."""
    return Home(home).terminology(release)


class Library:
    """The operations over one home, without HTTP. Use as a context manager, or call `close`.

    Every method raises the errors of `termserver.errors`, as the operation it calls says.
    """

    def __init__(self, home: Path, *, release: str = "4.0") -> None:
        """Open a home. `release` chooses the FHIR base: "4.0" or "5.0"."""
        self._home = Home(home)
        self._release = release

    @property
    def terminology(self) -> Terminology:
        """Return what is loaded now (a changed catalogue is followed)."""
        self._home.refresh()
        return self._home.terminology(self._release)

    def lookup(self, system: str, code: str, *, version: str | None = None) -> Lookup:
        """Return all that is known of a code. Raises: UnknownCodeSystem, UnknownCode."""
        return lookup(self.terminology, LookupRequest(system=system, code=code, version=version))

    def validate_code(
        self,
        system: str,
        code: str,
        *,
        display: str | None = None,
        version: str | None = None,
        value_set: str | Mapping[str, Any] | None = None,
    ) -> Validation:
        """Return whether a code is in its system, or in a value set (url or resource) if one is
        named.
        """
        request = ValidateRequest(
            release=self._release,
            code_system=value_set is None,
            url=value_set if isinstance(value_set, str) else None,
            value_set=None if isinstance(value_set, str) else value_set,
            code=code,
            system=system,
            system_version=version,
            display=display,
        )
        check = validate_in_code_system if value_set is None else validate_code
        return check(self.terminology, request)

    def expand(
        self,
        value_set: str | Mapping[str, Any],
        *,
        filter: str | None = None,
        count: int | None = None,
        offset: int | None = None,
    ) -> Expansion:
        """Return the expansion of a value set, by url or as a resource."""
        request = ExpandRequest(
            release=self._release,
            url=value_set if isinstance(value_set, str) else None,
            value_set=None if isinstance(value_set, str) else value_set,
            filter=filter,
            count=count,
            offset=offset,
        )
        return expand(self.terminology, request)

    def subsumes(
        self, system: str, code_a: str, code_b: str, *, version: str | None = None
    ) -> SubsumptionOutcome:
        """Return how two codes stand to each other; `subsumes` says that A subsumes B."""
        request = SubsumesRequest(
            coding_a=Coding(code=code_a),
            coding_b=Coding(code=code_b),
            system=system,
            version=version,
        )
        return subsumes(self.terminology, request)

    def translate(
        self,
        system: str,
        code: str,
        *,
        target_system: str | None = None,
        map_url: str | None = None,
        reverse: bool = False,
    ) -> Translation:
        """Return the translations of a code, by one map or by all that are loaded."""
        request = TranslateRequest(
            url=map_url,
            codings=(Coding(system=system, code=code),),
            target_system=target_system,
            reverse=reverse,
        )
        return translate(self.terminology, request)

    def close(self) -> None:
        """Close packs and catalogue."""
        self._home.close()

    def __enter__(self) -> Self:
        """Return the library itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def open_home(home: str | os.PathLike[str], *, release: str = "4.0") -> Library:
    """Return the library over a home folder (made by `termserver load`)."""
    return Library(Path(home), release=release)
