"""Ranked postings: which concepts have a name in which every word of a query begins a word.

Names are numbered in static rank order (active concepts first, displays before other names, shorter
before longer), so the first hits are the best. From each token, and from every prefix of one to
three letters, there is a set of name ranks, and for the prefixes a set of concepts as well: one
short word, the worst case for unions, is one read. The rule is `termserver.search.matches`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from termserver.conceptset import ConceptSet
from termserver.index.files import open_numpy, write_array
from termserver.index.sets import Sets
from termserver.index.strings import Strings
from termserver.memo import Memo
from termserver.model import Ordinal
from termserver.search import tokens

SHORT = 3
"""Prefixes up to this many letters have sets of their own."""

FIRST_LOOK = 1024
"""So many names are looked at first for a page of a text; then four times as many, and so on."""

KEPT_BYTES = 12 * 1024 * 1024
"""Of sets of name ranks that are kept: beginnings of words come again and again as people type."""

DISPLAY, OTHER, CODE = 0, 1, 2
"""Tiers of names in rank order."""


class _Vocabulary(dict[str, int]):
    """Numbers tokens in the order in which they are met."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


class TextBuilder:
    """Gathers names while records stream by: about 8 bytes for each name and 4 for each token."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._vocabulary = _Vocabulary()
        self._ordinals = array("I")
        self._keys = array("I")
        self._ends = array("Q", [0])
        self._tokens = array("I")

    def add(self, ordinal: int, name: str, *, tier: int, inactive: bool) -> None:
        """Take one name of a concept (a name without letters or digits has no effect)."""
        words = tokens(name)
        if not words:
            return
        self._tokens.extend(map(self._vocabulary.__getitem__, words))
        self._ends.append(len(self._tokens))
        self._ordinals.append(ordinal)
        self._keys.append((inactive << 20) | (tier << 16) | min(len(name), 0xFFFF))

    def extend(self, names: Iterable[tuple[int, str, int, int]]) -> None:
        """Take many names: (ordinal, name, tier, 1 for an inactive concept)."""
        number, end = self._vocabulary.__getitem__, len(self._tokens)
        found, ends, ordinals, keys = self._tokens, self._ends, self._ordinals, self._keys
        for ordinal, name, tier, inactive in names:
            words = tokens(name)
            if words:
                found.extend(map(number, words))
                end += len(words)
                ends.append(end)
                ordinals.append(ordinal)
                keys.append((inactive << 20) | (tier << 16) | min(len(name), 0xFFFF))

    def write(self, folder: Path) -> None:
        """Write the files of the index; the builder is empty afterwards."""
        ordinals = np.array(self._ordinals, dtype=np.uint32)
        order = np.lexsort((ordinals, np.array(self._keys, dtype=np.uint32)))
        write_array(folder / "names.ord", ordinals[order], "I")
        words = sorted(self._vocabulary)
        Strings.build(folder, "tokens", words)
        owners, ranks = self._postings(order, words)
        bounds = np.searchsorted(owners, np.arange(len(words) + 1)).tolist()
        Sets.build_groups(folder, "postings", ranks, bounds)
        _write_prefixes(folder, words, bounds, ranks, ordinals[order])
        self.__init__()  # type: ignore[misc]

    def _postings(
        self, order: NDArray[Any], words: Sequence[str]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Return (token number in sorted order, name rank), sorted by both."""
        renumber = np.empty(len(words), dtype=np.uint32)
        for at, word in enumerate(words):
            renumber[self._vocabulary[word]] = at
        rank_of = np.empty(len(order), dtype=np.uint32)
        rank_of[order] = np.arange(len(order), dtype=np.uint32)
        ends = np.array(self._ends, dtype=np.int64)
        lengths = ends[1:] - ends[:-1]
        pairs = renumber[np.array(self._tokens, dtype=np.uint32)].astype(np.uint64) << np.uint64(32)
        pairs |= np.repeat(rank_of, lengths).astype(np.uint64)
        pairs.sort()
        if len(pairs):
            pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
        return (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32)


def _write_prefixes(
    folder: Path,
    words: Sequence[str],
    bounds: Sequence[int],
    ranks: NDArray[np.uint32],
    ordinals: NDArray[np.uint32],
) -> None:
    prefixes = sorted({word[:length] for word in words for length in range(1, SHORT + 1)})
    Strings.build(folder, "prefixes", prefixes)

    def slices() -> Iterator[NDArray[np.uint32]]:
        # words are sorted, so those with one prefix are a run
        for prefix in prefixes:
            low = bisect_left(words, prefix)
            high = bisect_left(words, _after(prefix), lo=low)
            yield ranks[bounds[low] : bounds[high]]

    Sets.build(folder, "prefix-names", (ConceptSet.of_packed(one.tobytes()) for one in slices()))
    Sets.build(
        folder,
        "prefix-concepts",
        (ConceptSet.of_packed(ordinals[one].tobytes()) for one in slices()),
    )


def _after(prefix: str) -> str:
    """Return the least text that is greater than everything that begins with `prefix`."""
    last = ord(prefix[-1]) + 1
    # surrogates are no characters of text and cannot be encoded
    return prefix[:-1] + chr(0xE000 if 0xD800 <= last <= 0xDFFF else last)


def _bytes(ranks: ConceptSet) -> int:
    """Return about how much a set of ranks takes: two bytes each, or a bit for each name."""
    return 200 + min(2 * len(ranks), 256 * 1024)


_NO_RANKS = np.zeros(0, dtype=np.uint32)


class Hits:
    """The concepts that a text finds: how many, and the best of them."""

    __slots__ = ("_kept", "_ordinals", "_ranks", "total")

    def __init__(
        self,
        ranks: NDArray[np.uint32],
        ordinals: NDArray[np.uint32],
        kept: NDArray[np.bool_] | None,
        *,
        total: int,
    ) -> None:
        """Take name ranks, the concept of each rank, and which concepts count (None: all)."""
        self._ranks = ranks
        self._ordinals = ordinals
        self._kept = kept
        self.total = total

    def page(self, offset: int, count: int) -> list[Ordinal]:
        """Return up to `count` concepts from `offset` on, those with the best names first."""
        best: dict[int, None] = {}
        start, size, enough = 0, FIRST_LOOK, min(offset + count, self.total)
        while len(best) < enough and start < len(self._ranks):
            found = self._ordinals[self._ranks[start : start + size]]
            if self._kept is not None:
                found = found[self._kept[found]]
            best |= dict.fromkeys(found.tolist())
            start, size = start + size, size * 4
        return cast("list[Ordinal]", list(best)[offset : offset + count])


class TextIndex:
    """The opened index of one pack."""

    __slots__ = (
        "_concepts",
        "_kept",
        "_last",
        "_names",
        "_ordinals",
        "_postings",
        "_prefixes",
        "_size",
        "_tokens",
    )

    def __init__(self, folder: Path) -> None:
        """Map what `TextBuilder.write` wrote. Raises: StoreError where a file is missing."""
        self._tokens = Strings.open(folder, "tokens")
        self._postings = Sets.open(folder, "postings")
        self._prefixes = Strings.open(folder, "prefixes")
        self._names = Sets.open(folder, "prefix-names")
        self._concepts = Sets.open(folder, "prefix-concepts")
        self._ordinals = open_numpy(folder / "names.ord", "I")
        self._size = int(self._ordinals.max()) + 1 if len(self._ordinals) else 0
        self._kept = Memo(KEPT_BYTES)
        self._last: tuple[tuple[str, ...], ConceptSet] = ((), ConceptSet.empty())

    def concepts(self, text: str) -> ConceptSet | None:
        """Return the concepts that match every word of `text`, over all code systems of the pack.

        None where `text` is blank: then everything matches.
        """
        words = tokens(text)
        if not words:
            return None if not text.strip() else ConceptSet.empty()
        if len(words) == 1 and len(words[0]) <= SHORT:
            return self._short(self._concepts, words[0])
        ranks = np.frombuffer(self._ranks(words).to_array(), dtype=np.uint32)
        return ConceptSet.of_packed(self._ordinals[ranks].tobytes())

    def ranked(self, text: str, within: ConceptSet) -> Iterator[Ordinal]:
        """Yield the concepts of `within` that match, best name first, each once; blank text:
        none.
        """
        words = tokens(text)
        if not words or not within:
            return
        ranks = np.frombuffer(self._ranks(words).to_array(), dtype=np.uint32)
        members = np.frombuffer(within.to_array(), dtype=np.uint32)
        wanted = np.zeros(max(self._size, int(members[-1]) + 1), dtype=bool)
        wanted[members] = True
        start, size = 0, FIRST_LOOK
        while start < len(ranks):
            found = self._ordinals[ranks[start : start + size]]
            for ordinal in found[wanted[found]].tolist():
                if wanted[ordinal]:
                    wanted[ordinal] = False  # each once
                    yield Ordinal(ordinal)
            start, size = start + size, size * 4

    def hits(self, text: str, within: ConceptSet) -> Hits:
        """Return what of `within` matches, counted and in the order of `ranked`; blank: nothing.

        Cost: reading the sets of the words, and some 5 ns for each name that matches.
        """
        words = tokens(text)
        if not words or not within:
            return Hits(_NO_RANKS, self._ordinals, None, total=0)
        ranks = np.frombuffer(self._ranks(words).to_array(), dtype=np.uint32)
        if len(words) == 1 and len(words[0]) <= SHORT:
            total = len(self._short(self._concepts, words[0]) & within)
            return Hits(ranks, self._ordinals, self._mask(within), total=total)
        found = self._ordinals[ranks]
        inside = self._inside(found, within)
        if inside is not None:
            ranks, found = ranks[inside], found[inside]
        return Hits(ranks, self._ordinals, None, total=self._count(found))

    def _inside(self, found: NDArray[np.uint32], within: ConceptSet) -> NDArray[np.bool_] | None:
        """Return which of `found` are in `within`, None where all are."""
        if len(found) < FIRST_LOOK < len(within) and within.as_run() is None:
            # few questions of a large set
            return np.fromiter((one in within for one in found.tolist()), bool, len(found))
        kept = self._mask(within)
        return None if kept is None else kept[found]

    def _mask(self, within: ConceptSet) -> NDArray[np.bool_] | None:
        """Return which ordinals are in `within`, None where all are."""
        run = within.as_run()
        if run == (0, self._size):
            return None
        kept = np.zeros(self._size, dtype=bool)
        if run is not None:
            kept[run[0] : run[1]] = True
        else:
            members = np.frombuffer(within.to_array(), dtype=np.uint32)
            # concepts at the end may have no names
            kept[members[: np.searchsorted(members, self._size)]] = True
        return kept

    def _count(self, found: NDArray[np.uint32]) -> int:
        """Return how many ordinals there are, each once."""
        if len(found) < FIRST_LOOK:
            return len(set(found.tolist()))
        seen = np.zeros(self._size, dtype=bool)
        seen[found] = True
        return int(np.count_nonzero(seen))

    def _ranks(self, words: Sequence[str]) -> ConceptSet:
        """Return the ranks of the names in which every one of `words` begins a word.

        The last ones are kept: who counts the concepts of a text then asks for a page of them.
        """
        key = tuple(words)
        last = self._last
        if last[0] != key:
            last = self._last = (key, self._find_ranks(words))
        return last[1]

    def _find_ranks(self, words: Sequence[str]) -> ConceptSet:
        # long words first: they are the rare ones, and an empty set ends the work
        ordered = iter(sorted(set(words), key=len, reverse=True))
        found = self._starting_with(next(ordered))
        for word in ordered:
            if not found:
                break
            found &= self._starting_with(word)
        return found

    def _starting_with(self, word: str) -> ConceptSet:
        """Return the ranks of the names with a word that begins so; those of late are kept."""
        found = self._kept.get(word, lambda: self._read(word), _bytes)
        assert found is not None
        return found

    def _read(self, word: str) -> ConceptSet:
        if len(word) <= SHORT:
            return self._short(self._names, word)
        low = bisect_left(self._tokens, word)
        high = bisect_left(self._tokens, _after(word), lo=low)
        return self._postings.union(low, high)

    def _short(self, sets: Sets, prefix: str) -> ConceptSet:
        at = bisect_left(self._prefixes, prefix)
        there = at < len(self._prefixes) and self._prefixes[at] == prefix
        return sets[at] if there else ConceptSet.empty()

    def vocabulary(self, start: str = "") -> Iterable[str]:
        """Yield the tokens from `start` on, sorted (for corrections)."""
        return (
            self._tokens[at] for at in range(bisect_left(self._tokens, start), len(self._tokens))
        )
