"""The made-up RxNorm as concepts and links: ingredients, brands, forms, drugs, packs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.synth.draw import Draw
from tests.synth.sizes import Size
from tests.synth.words import vocabulary

FIRST = 5_000_000
"""Above the identifiers given out so far, so that no real one comes up."""
SHARES = {
    "IN": 0.05,
    "PIN": 0.015,
    "MIN": 0.015,
    "BN": 0.06,
    "DF": 0.0008,
    "DFG": 0.0002,
    "SCDC": 0.115,
    "SCDF": 0.06,
    "SCDG": 0.05,
    "SCD": 0.24,
    "SBDC": 0.08,
    "SBDF": 0.07,
    "SBDG": 0.06,
    "SBD": 0.178,
    "GPCK": 0.003,
    "BPCK": 0.003,
}
"""Term type -> its share of the concepts, in the order in which they are numbered."""
INVERSES = {
    "has_ingredient": "ingredient_of",
    "has_dose_form": "dose_form_of",
    "has_doseformgroup": "doseformgroup_of",
    "consists_of": "constitutes",
    "contains": "contained_in",
    "isa": "inverse_isa",
    "tradename_of": "has_tradename",
    "form_of": "has_form",
    "has_part": "part_of",
}
_FORMS = [
    "Tablet",
    "Capsule",
    "Solution",
    "Suspension",
    "Cream",
    "Ointment",
    "Injection",
    "Patch",
    "Spray",
    "Powder",
    "Gel",
    "Lotion",
]
_WAYS = [
    "Oral",
    "Topical",
    "Rectal",
    "Nasal",
    "Ophthalmic",
    "Otic",
    "Vaginal",
    "Injectable",
    "Inhalant",
    "Buccal",
]
_UNITS = ("MG", "MG/ML", "MCG", "UNT", "MEQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class RxNormPlan:
    """Concepts in order of `kinds`: each term type is a range of positions."""

    kinds: dict[str, range]
    names: tuple[str, ...]
    strengths: dict[int, str]
    links: tuple[tuple[int, str, int], ...]

    @property
    def count(self) -> int:
        """Return the number of concepts."""
        return len(self.names)


def rxcui(at: int) -> int:
    """Return the identifier of the concept at a position."""
    return FIRST + at


def make_rxnorm(seed: int, size: Size) -> RxNormPlan:
    """Return the plan of a size (full: 250,000 concepts)."""
    kinds = _kinds(size.of(250_000, least=400))
    made = _Maker(seed, kinds)
    made.simple_ones()
    for kind in ("SCDC", "SCDF", "SCDG", "SCD", "SBDC", "SBDF", "SBDG", "SBD", "GPCK", "BPCK"):
        made.make(kind)
    return RxNormPlan(
        kinds=kinds,
        names=tuple(made.names),
        strengths=made.strengths,
        links=tuple(made.links),
    )


def _kinds(count: int) -> dict[str, range]:
    found, start = {}, 0
    for kind, share in SHARES.items():
        wanted = max(4, round(count * share))
        found[kind] = range(start, start + wanted)
        start += wanted
    return found


class _Maker:
    """Makes one kind after the other; each refers to kinds before it."""

    def __init__(self, seed: int, kinds: dict[str, range]) -> None:
        self.seed, self.kinds = seed, kinds
        self.names: list[str] = []
        self.strengths: dict[int, str] = {}
        self.links: list[tuple[int, str, int]] = []
        self._ingredient: dict[int, int] = {}
        self._brand: dict[int, int] = {}
        self._form: dict[int, int] = {}

    def simple_ones(self) -> None:
        """Make ingredients, brands, dose forms and their groups."""
        words = [one for one in vocabulary(self.seed, 14_000) if len(one) > 6]
        for kind in ("IN", "PIN", "MIN", "BN", "DF", "DFG"):
            ingredients = self._chosen(f"{kind} of", kind, "IN")
            second = self._chosen(f"{kind} with", kind, "IN")
            groups = self._chosen(f"{kind} in", kind, "DFG")
            for place, at in enumerate(self.kinds[kind]):
                self._simple(
                    kind, place, at, words, (ingredients[place], second[place], groups[place])
                )

    def _simple(
        self, kind: str, place: int, at: int, words: list[str], drawn: tuple[int, int, int]
    ) -> None:
        ingredient, other, group = drawn
        name = words[place % len(words)] + ("" if place < len(words) else f" {place // len(words)}")
        if kind == "PIN":
            name = f"{self.names[ingredient]} hydrochloride"
            self.links.append((at, "form_of", ingredient))
        elif kind == "MIN":
            name = f"{self.names[ingredient]} / {self.names[other]}"
            self.links += [(at, "has_part", one) for one in dict.fromkeys((ingredient, other))]
        elif kind == "BN":
            name = name[::-1].capitalize()
            self.links.append((at, "tradename_of", ingredient))
        elif kind == "DF":
            name = (
                f"{_WAYS[place % len(_WAYS)]} {_FORMS[place // len(_WAYS) % len(_FORMS)]} {place}"
            )
            self.links.append((at, "isa", group))
        elif kind == "DFG":
            name = f"{_FORMS[place % len(_FORMS)]} Product {place}"
        self._ingredient[at] = ingredient
        self.names.append(name)

    def make(self, kind: str) -> None:
        """Make one kind of drug: what it is made of is drawn, its name follows from that."""
        build = getattr(self, f"_{kind.lower()}")
        sources = {
            one: self._chosen(f"{kind} {one}", kind, one)
            for one in (
                "IN",
                "BN",
                "DF",
                "DFG",
                "SCDC",
                "SCDF",
                "SCDG",
                "SCD",
                "SBDC",
                "SBDF",
                "SBD",
            )
            if self.kinds[one].start < self.kinds[kind].start
        }
        amounts = (
            Draw(self.seed, f"rxnorm {kind} amounts").below(len(self.kinds[kind]), 400).tolist()
        )
        for place, at in enumerate(self.kinds[kind]):
            drawn = {one: chosen[place] for one, chosen in sources.items()}
            name, links = build(at, drawn, amounts[place])
            self.names.append(name)
            self.links += [(at, relation, other) for relation, other in links]

    def _chosen(self, purpose: str, kind: str, among: str) -> list[int]:
        """Return for each concept of a kind one of another, early ones more often."""
        draw = Draw(self.seed, f"rxnorm {purpose}")
        target = self.kinds[among]
        chosen = draw.early(len(self.kinds[kind]), len(target)) + target.start
        found: list[int] = chosen.tolist()
        return found

    def _scdc(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        ingredient = drawn["IN"]
        strength = f"{(amount + 1) / 4:g} {_UNITS[amount % len(_UNITS)]}"
        self.strengths[at] = strength
        self._ingredient[at] = ingredient
        return f"{self.names[ingredient]} {strength}", [("has_ingredient", ingredient)]

    def _scdf(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        ingredient, form = drawn["IN"], drawn["DF"]
        self._ingredient[at], self._form[at] = ingredient, form
        links = [("has_ingredient", ingredient), ("has_dose_form", form)]
        return f"{self.names[ingredient]} {self.names[form]}", links

    def _scdg(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        ingredient, group = drawn["IN"], drawn["DFG"]
        self._ingredient[at] = ingredient
        links = [("has_ingredient", ingredient), ("has_doseformgroup", group)]
        return f"{self.names[ingredient]} {self.names[group]}", links

    def _scd(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        part, form = drawn["SCDC"], drawn["DF"]
        self._ingredient[at], self._form[at] = self._ingredient[part], form
        self.strengths[at] = self.strengths[part]
        links = [
            *(("consists_of", part), ("has_dose_form", form)),
            *(("isa", drawn["SCDF"]), ("isa", drawn["SCDG"])),
        ]
        return f"{self.names[part]} {self.names[form]}", links

    def _sbdc(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        part, brand = drawn["SCDC"], drawn["BN"]
        self._brand[at], self.strengths[at] = brand, self.strengths[part]
        links = [("tradename_of", part), ("has_ingredient", brand)]
        return f"{self.names[part]} [{self.names[brand]}]", links

    def _sbdf(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        clinical, brand = drawn["SCDF"], drawn["BN"]
        form = self._form[clinical]
        links = [("tradename_of", clinical), ("has_ingredient", brand), ("has_dose_form", form)]
        return f"{self.names[clinical]} [{self.names[brand]}]", links

    def _sbdg(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        clinical, brand = drawn["SCDG"], drawn["BN"]
        links = [("tradename_of", clinical), ("has_ingredient", brand)]
        return f"{self.names[brand]} {self.names[clinical]}", links

    def _sbd(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        clinical, part = drawn["SCD"], drawn["SBDC"]
        brand = self._brand[part]
        self.strengths[at] = self.strengths[clinical]
        links = [
            *(("tradename_of", clinical), ("consists_of", part), ("has_ingredient", brand)),
            *(("has_dose_form", self._form[clinical]), ("isa", drawn["SBDF"])),
        ]
        return f"{self.names[clinical]} [{self.names[brand]}]", links

    def _gpck(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        drug = drawn["SCD"]
        return f"{{{amount + 1} ({self.names[drug]}) }} Pack", [("contains", drug)]

    def _bpck(
        self, at: int, drawn: dict[str, int], amount: int
    ) -> tuple[str, list[tuple[str, int]]]:
        drug = drawn["SBD"]
        generic = self.kinds["GPCK"][at % len(self.kinds["GPCK"])]
        links = [("contains", drug), ("tradename_of", generic)]
        return f"{{{amount + 1} ({self.names[drug]}) }} Branded Pack", links


def relations(plan: RxNormPlan) -> Iterator[tuple[int, str, int]]:
    """Yield every link in both directions, each pair once."""
    for subject, relation, other in dict.fromkeys(plan.links):
        yield subject, relation, other
        yield other, INVERSES[relation], subject
