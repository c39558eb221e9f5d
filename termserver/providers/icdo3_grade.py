"""ICD-O-3's sixth digit: grade or differentiation, and lineage of lymphomas and leukaemias.

Source: ICD-O-3, code for histologic grading and differentiation (1 to 4 and 9) and for immuno-
phenotype of lymphomas and leukaemias (5 to 8 and 9); rule G. The digit is no part of the code.
"""

from __future__ import annotations

GRADES = {
    "1": "Grade I, well differentiated",
    "2": "Grade II, moderately differentiated",
    "3": "Grade III, poorly differentiated",
    "4": "Grade IV, undifferentiated or anaplastic",
    "5": "T-cell",
    "6": "B-cell",
    "7": "Null cell (non-T, non-B)",
    "8": "NK cell (natural killer cell)",
    "9": "Grade or cell type not determined, not stated or not applicable",
}
"""Sixth digit -> what it says."""

_LINEAGES = frozenset("5678")
_DIFFERENTIATIONS = frozenset("1234")
_FIRST_LYMPHOMA = "959"


def misplaced(code: str, grade: str) -> str | None:
    """Return why a grade does not go with a morphology, None where it does.

    Differentiation (1 to 4) is of solid tumours, lineage (5 to 8) of lymphomas and leukaemias (959
    to 999); 9 goes with all.
    """
    is_lymphoid = code[:3] >= _FIRST_LYMPHOMA
    if grade in _LINEAGES and not is_lymphoid:
        return "5 to 8 are for lymphomas and leukaemias (9590/3 to 9999/3)"
    if grade in _DIFFERENTIATIONS and is_lymphoid:
        return "1 to 4 are for solid tumours; lymphomas and leukaemias (from 9590/3) have 5 to 9"
    return None
