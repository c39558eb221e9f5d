"""ICD-O-3 codes as registries write them -> the code itself.

Never applied silently: a caller asks for it by name. Source: ICD-O-3, structure of codes; NAACCR
items 400 (primary site), 522 and 523 (histology and behaviour).
"""

from __future__ import annotations

import re

_SITE = re.compile(r"(?:ICDO?T?[-:])?C(\d\d)(?:\.?(\d))?", re.IGNORECASE)
_MORPHOLOGY = re.compile(r"(?:M-?|ICDO?M[-:])?(\d{4})[/-]?([012369])", re.IGNORECASE)


def normalise_code(text: str) -> str | None:
    """Return the code that `text` writes in some common way, None where it is no such spelling.

    `C509`, `c50.9` -> `C50.9`; `85003`, `M-8500/3`, `M85003`, `icdom-85003` -> `8500/3`. Whether
    the code exists is another question. A sixth digit (grade, `8140/33`) is no part of it: None.
    """
    bare = text.strip()
    site = _SITE.fullmatch(bare)
    if site:
        return f"C{site.group(1)}" + (f".{site.group(2)}" if site.group(2) else "")
    morphology = _MORPHOLOGY.fullmatch(bare)
    if morphology:
        return f"{morphology.group(1)}/{morphology.group(2)}"
    return None
