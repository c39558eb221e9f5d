"""HGVS expressions: what is well formed, and what is refused with which reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termserver.errors import InvalidValueSet, Unenumerable
from termserver.model import FilterClause
from termserver.providers.hgvs import hgvs_provider, read_hgvs
from termserver.providers.hgvs_text import HgvsFault

_WELL_FORMED = """
NC_000016.10:g.23603471G>T
NG_005905.2:g.126148_126152del
NM_000455.5:c.725G>A
NP_001294869.1:p.(Pro144Ser)
NP_004647.1:p.(Gln590Ter)
NM_004006.2:c.4375C>T
NC_000023.11(NM_004006.2):c.93+1G>T
LRG_199t1:c.79_80delinsTT
NM_004006.2:c.145_147delinsTGG
LRG_199t1:c.85=/T>C
NM_004006.2:c.85=//T>C
NM_004006.2:c.123=
LRG_199t1:c.94-23_188+33=
NC_000001.11:g.1234_2345del
NC_000023.11(NM_004006.2):c.183_186+48del
NC_000023.11:g.(31060227_31100351)_(33274278_33417151)dup
NC_000023.11:g.(?_31120496)_(33339477_?)del
NC_000023.11:g.pter_33274278del
NM_004006.2:c.20dup
NC_000023.11:g.32343183dup
NC_000023.10:g.32867861_32867862insT
LRG_199t1:c.240_241insAGG
NM_004006.2:c.849_850ins858_895
NM_004006.2:c.849_850ins850_900inv
NM_004006.2:c.419_420ins[T;450_470;AGGG]
NC_000006.11:g.10791926_10791927ins[NC_000004.11:g.106370094_106370420;A[26]]
NC_000023.10:g.32717298_32717299insN
NM_004006.1:c.761_762insN[5]
NM_004006.1:c.761_762insN[(80_120)]
NC_000023.10:g.32361330_32361333inv
NC_000022.10:g.42522624_42522669delins42536337_42536382
NC_000022.10:g.42522624_42522669delinsNC_000022.10:g.42536337_42536382inv
NC_000014.8:g.101179660_101179695TG[14]
NC_000014.8:g.101179660_101179695TG[14];[18]
NM_002024.5:c.-128_-69GGC[10]GGA[1]GGC[9]GGA[1]GGC[10]
NM_000333.3:c.4_6[23]
NC_000003.12:g.63912687AGC[13]
NC_000012.11:g.112036755_112036823CTG[9]TTG[1]CTG[13]
NM_000492.3:c.1210-33_1210-6GT[11]T[6]
NM_002024.5:c.(-231_-20)ins(1800_2400)
NC_000011.10:g.1999904_1999946|gom
NC_000011.10:g.1999904_1999946|met=
NM_004006.2:c.[2376G>C;3103del]
NM_004006.2:c.[2376G>C];[3103del]
NM_004006.2:c.2376G>C(;)3103del
NM_004006.2:c.[2376G>C;3103del];[2376G>C]
NM_004006.2:c.[296T>G];[476=]
NM_004006.2:c.[296T>G];[?]
LRG_199t1:c.-14G>C
NM_004006.2:c.*32G>A
NM_004006.3:c.-244-1G>A
NM_004006.2:c.?
NM_004006.2:c.=
NC_012920.1:m.3243A>G
NC_012920.1:m.16563_13del
NR_002196.1:n.601G>T
NM_004006.3:r.76a>c
NM_004006.3:r.0
NM_004006.3:r.?
NM_004006.3:r.spl
NM_004006.3:r.(spl?)
NM_004006.3:r.(?)
NM_004006.3:r.(76a>c)
NM_004006.3:r.123_127del
NM_004006.3:r.[76a>u;103del]
NM_004006.2:r.[897u>g,832_960del]
NM_152263.2:r.-115_775::NM_002609.3:r.1580_*1924
NP_003997.1:p.Trp24Cys
NP_003997.1:p.W24C
NP_003997.1:p.Trp24Ter
NP_003997.1:p.W24*
NP_003997.1:p.(Gly56Ala^Ser^Cys)
NP_003997.1:p.Cys188=
LRG_199p1:p.0
LRG_199p1:p.0?
LRG_199p1:p.Met1?
LRG_199p1:p.(Met1?)
NP_003997.1:p.?
NP_003997.1:p.=
NP_003997.1:p.(=)
LRG_199p1:p.Trp24=/Cys
LRG_199p1:p.(Val7del)
NP_003997.1:p.Lys23_Val25del
NP_003997.2:p.(Val7dup)
NP_003997.1:p.His4_Gln5insAla
NP_003997.1:p.Lys2_Gly3insGlnSerLys
NP_003997.1:p.(Met3_His4insGlyTer)
NP_060250.2:p.Gln746_Lys747ins63
NP_003997.1:p.(Val582_Asn583insXaa[5])
NP_003997.1:p.Cys28delinsTrpVal
NP_004371.2:p.(Asn47delinsSerSerTer)
NP_0123456.1:p.Arg97ProfsTer23
NP_0123456.1:p.Arg97fs
NP_0123456.1:p.(Tyr4*)
NP_0123456.1:p.Ile327Argfs*?
NP_0123456.1:p.Gln151Thrfs*9
NP_003997.2:p.Met1ext-5
NP_003997.2:p.Ter110GlnextTer17
NP_003997.2:p.*110Glnext*17
NP_003997.2:p.(Ter315TyrextAsnLysGlyThrTer)
NP_003997.2:p.Ter327ArgextTer?
NP_0123456.1:p.Ala2[10]
NP_0123456.1:p.Ala2[10];[11]
NP_0123456.1:p.Arg65_Ser67[12]
NP_0123456.1:p.(Gln18)[(70_80)]
NP_003997.1:p.[Ser68Arg;Asn594del]
NP_003997.1:p.[(Ser68Arg;Asn594del)]
NP_003997.1:p.[Ser68Arg];[Ser68=]
NP_003997.1:p.(Ser73Arg)(;)(Asn103del)
NP_003997.1:p.[Lys31Asn,Val25_Lys31del]
ENST00000357033.8:c.76A>C
ENSP00000354723.4:p.Trp24Cys
J01749.1:o.4344_197dup
NM_004006.2(DMD):c.76A>C
NM_004006.2:c.(370A>C^372C>R)
NC_000002.12:g.pter_8247756delins[NC_000011.10:g.pter_15825272]
NM_004006.2:c.76delA
NM_004006.2:c.76_78delACT
NM_004006.2:c.76_78del3
NM_004006.2:c.88+?_89-?del
NM_004006.2:c.(87+1_88-1)_(923+1_924-1)del
"""
"""Most are examples of the nomenclature's own pages."""


@pytest.mark.parametrize("code", _WELL_FORMED.split())
def test_a_well_formed_expression_is_a_code_as_it_is_written(code: str) -> None:
    assert hgvs_provider().find(code) == code


@pytest.mark.parametrize(
    ("code", "at", "reason"),
    [
        ("c.725G>A", 1, "a reference sequence is needed in front"),
        ("BRAF:c.1799T>A", 1, "a reference sequence is expected"),
        ("", 1, "a reference sequence is expected"),
        ("NM_000455:c.725G>A", 10, "needs its version (NM_000455.1)"),
        ("NM_000455.5:g.725G>A", 13, "is a transcript, which goes with c., n., r., not with g."),
        ("NC_000016.10:c.5G>A", 14, "name the transcript: NC_000016.10(NM_004006.2):c."),
        ("NM_000455.5:p.Trp24Cys", 13, "not with p."),
        ("NM_000455.5:x.76A>C", 13, "one of c, g, m, n, o, p, r"),
        ("NM_000455.5", 12, "':' is expected"),
        ("NM_000455.5:c", 14, "'.' is expected"),
        ("NM_000455.5:c.", 15, "the change is missing"),
        ("NM_000455.5:c.725G>", 20, "a nucleotide is expected after >"),
        ("NM_000455.5:c.725>A", 18, "a change is expected"),
        ("NM_000455.5:c.725g>a", 18, "nucleotides of 'c.' are written in upper case"),
        ("NM_000455.5:r.76T>C", 17, "nucleotides of 'r.' are written in lower case"),
        ("NM_000455.5:c.725G>G", 18, "write ="),
        ("NM_000455.5:c.725_726GC>TT", 22, "write delins"),
        ("NM_000455.5:c.0G>A", 15, "there is no nucleotide '0'"),
        ("NM_000455.5:c.725insT", 18, "between two neighbours"),
        ("NM_000455.5:c.725_727insT", 22, "between two neighbours"),
        ("NM_000455.5:c.76_77insQ", 23, "the inserted sequence is expected"),
        ("NM_000455.5:c.76_77ins5", 23, "a number alone is no sequence"),
        ("NM_000455.5:c.727_725del", 15, "the end of a range stands before its beginning"),
        ("NM_000455.5:c.725_725del", 15, "two different ends"),
        ("NM_000455.5:c.76del5", 20, "the position has 1 nucleotides, what follows it 5"),
        ("NM_000455.5:c.5inv", 15, "an inversion needs a range"),
        ("NM_000455.5:c.76_80con90_94", 20, "write delins"),
        ("NC_000001.11:g.-5A>C", 16, "have neither - nor *"),
        ("NC_000001.11:g.5+1A>C", 17, "have no introns"),
        ("NM_000455.5:c.76A>C;83G>C", 20, "stand in brackets"),
        ("NM_000455.5:c.[76A>C];83G>C", 23, "each allele stands in brackets"),
        ("NM_000455.5:c.[76A>C", 21, "']' is expected"),
        ("NM_000455.5:c.(76A>C", 15, "not closed"),
        ("NM_000455.5:c.76A>C)", 20, "closes nothing"),
        ("NM_000455.5:c.((76A>C))", 16, "parentheses round parentheses"),
        ("NM_000455.5:c.76A>C more", 20, "nothing more is expected"),
        ("NP_000001.1:p.Trp24", 20, "a change is expected"),
        ("NP_000001.1:p.Trp24Trp", 20, "write ="),
        ("NP_000001.1:p.Trp24C", 20, "a change is expected"),
        ("NP_000001.1:p.Foo24Cys", 16, "a number is expected (amino acid)"),
        ("NP_000001.1:p.Lys2_Leu4insGln", 24, "between two neighbours"),
        ("NP_000001.1:p.Lys2_Leu4Gln", 24, "a range is not substituted"),
        ("NP_000001.1:p.Arg97ProfsTer1", 28, "a substitution by Ter"),
        ("NP_000001.1:p.Trp24extTer5", 20, "an extension begins at"),
        ("NP_000001.1:p." + "Ala" * 2000, 1, "more than 5000 characters"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_place_and_the_reason(
    code: str, at: int, reason: str
) -> None:
    provider = hgvs_provider()
    assert provider.find(code) is None
    why = provider.why_unknown(code)
    assert why is not None
    assert f"at character {at}, " in why.text
    assert reason in why.text


def test_an_expression_says_what_it_is_in_its_properties() -> None:
    provider = hgvs_provider()
    concept = provider.concept("NP_001294869.1:p.(Pro144Ser)")
    assert concept.display == "NP_001294869.1:p.(Pro144Ser)"
    assert [(one.code, one.value) for one in concept.properties] == [
        ("reference-sequence", "NP_001294869.1"),
        ("sequence-type", "p (protein)"),
        ("change", "substitution"),
        ("predicted", True),
    ]
    assert provider.property_values("NM_004006.2:c.76A>C", "gene") == ()


def test_changes_of_an_allele_are_named_once_in_their_order() -> None:
    found = read_hgvs("NC_000023.11(NM_004006.2):c.[76A>C;83G>C;90_92del]")
    assert found.reference == "NC_000023.11(NM_004006.2)"
    assert found.letter == "c"
    assert found.changes == ("substitution", "del")
    assert not found.predicted


def test_expressions_cannot_be_listed() -> None:
    provider = hgvs_provider()
    with pytest.raises(Unenumerable) as caught:
        provider.all()
    assert caught.value.issues[0].message_id == "CODESYSTEM_NOT_ENUMERABLE"
    assert caught.value.issues[0].code == "not-supported"
    with pytest.raises(Unenumerable):
        provider.select(FilterClause(property="concept", op="is-a", value="NM_004006.2:c.76A>C"))


def test_expressions_have_no_filters() -> None:
    with pytest.raises(InvalidValueSet):
        hgvs_provider().contains(FilterClause(property="a", op="=", value="b"), "NM_004006.2:c.=")


# -- properties -----------------------------------------------------------------------------------

_BASES = st.text("ACGT", min_size=1, max_size=8)
_ACIDS = st.sampled_from(("Ala", "Arg", "Gln", "Lys", "Trp", "Val"))


@st.composite
def _dna(draw: st.DrawFn) -> str:
    first = draw(st.integers(1, 10_000))
    last = first + draw(st.integers(1, 100))
    old, new = draw(st.sampled_from([(a, b) for a in "ACGT" for b in "ACGT" if a != b]))
    return draw(
        st.sampled_from(
            (
                f"{first}{old}>{new}",
                f"{first}_{last}del",
                f"{first}_{last}dup",
                f"{first}_{last}inv",
                f"{first}_{first + 1}ins{draw(_BASES)}",
                f"{first}_{last}delins{draw(_BASES)}",
                f"{first}_{last}{draw(_BASES)}[{draw(st.integers(1, 99))}]",
                f"{first}=",
            )
        )
    )


@given(st.lists(_dna(), min_size=1, max_size=5), st.sampled_from("gc"))
def test_every_list_of_well_formed_changes_is_well_formed(changes: list[str], letter: str) -> None:
    reference = {"g": "NC_000001.11", "c": "NM_004006.2"}[letter]
    alone = f"{reference}:{letter}.{changes[0]}"
    together = f"{reference}:{letter}.[{';'.join(changes)}]"
    for code in (alone, together, f"{together};[{changes[0]}]"):
        assert hgvs_provider().find(code) == code


@given(_ACIDS, st.integers(1, 5000), _ACIDS, st.booleans())
def test_a_protein_changes_into_another_amino_acid_alone(
    old: str, number: int, new: str, predicted: bool
) -> None:
    change = f"{old}{number}{new}"
    code = f"NP_003997.1:p.{f'({change})' if predicted else change}"
    assert (hgvs_provider().find(code) == code) is (old != new)


@given(st.text("NMPC_0123456789.:cgpr()[];>=*-+?_^/delinsdupfsextACGTacguAlaTer", max_size=60))
def test_any_text_is_either_read_or_refused_at_a_place_within_it(tail: str) -> None:
    for code in (tail, f"NM_004006.2:c.{tail}", f"NP_003997.1:p.{tail}", f"NM_004006.2:r.{tail}"):
        place = _place_of_fault(code)
        assert place is None or 1 <= place <= len(code) + 1


def _place_of_fault(code: str) -> int | None:
    try:
        read_hgvs(code)
    except HgvsFault as fault:
        return fault.at
    return None
