"""The made-up LOINC as a release folder, in the publisher's columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.synth.draw import Draw
from tests.synth.lines import write_csv
from tests.synth.loinc_plan import AXES, LoincPlan

COLUMNS = [
    "LOINC_NUM",
    "COMPONENT",
    "PROPERTY",
    "TIME_ASPCT",
    "SYSTEM",
    "SCALE_TYP",
    "METHOD_TYP",
    "CLASS",
    "VersionLastChanged",
    "CHNG_TYPE",
    "DefinitionDescription",
    "STATUS",
    "CONSUMER_NAME",
    "CLASSTYPE",
    "FORMULA",
    "EXMPL_ANSWERS",
    "SURVEY_QUEST_TEXT",
    "SURVEY_QUEST_SRC",
    "UNITSREQUIRED",
    "RELATEDNAMES2",
    "SHORTNAME",
    "ORDER_OBS",
    "HL7_FIELD_SUBFIELD_ID",
    "EXTERNAL_COPYRIGHT_NOTICE",
    "EXAMPLE_UNITS",
    "LONG_COMMON_NAME",
    "EXAMPLE_UCUM_UNITS",
    "STATUS_REASON",
    "STATUS_TEXT",
    "CHANGE_REASON_PUBLIC",
    "COMMON_TEST_RANK",
    "COMMON_ORDER_RANK",
    "HL7_ATTACHMENT_STRUCTURE",
    "EXTERNAL_COPYRIGHT_LINK",
    "PanelType",
    "AskAtOrderEntry",
    "AssociatedObservations",
    "VersionFirstReleased",
    "ValidHL7AttachmentRequest",
    "DisplayName",
]
_LINK_COLUMNS = [
    "LoincNumber",
    "LongCommonName",
    "PartNumber",
    "PartName",
    "PartCodeSystem",
    "PartTypeName",
    "LinkTypeName",
    "Property",
]
_ANSWER_COLUMNS = [
    "AnswerListId",
    "AnswerListName",
    "AnswerListOID",
    "ExtDefinedYN",
    "ExtDefinedAnswerListCodeSystem",
    "ExtDefinedAnswerListLink",
    "AnswerStringId",
    "LocalAnswerCode",
    "LocalAnswerCodeSystem",
    "SequenceNumber",
    "DisplayText",
    "ExtCodeId",
    "ExtCodeDisplayName",
    "ExtCodeSystem",
    "ExtCodeSystemVersion",
    "ExtCodeSystemCopyrightNotice",
    "SubsequentTextPrompt",
    "Description",
    "Score",
]
_PANEL_COLUMNS = [
    "ParentId",
    "ParentLoinc",
    "ParentName",
    "ID",
    "SEQUENCE",
    "Loinc",
    "LoincName",
    "DisplayNameForForm",
    "ObservationRequiredInPanel",
    "ObservationIdInForm",
    "SkipLogicHelpText",
    "DefaultValue",
    "EntryType",
    "DataTypeInForm",
    "DataTypeSource",
    "AnswerSequenceOverride",
    "ConditionForInclusion",
    "AllowableAlternative",
    "ObservationCategory",
    "Context",
    "ConsistencyChecks",
    "RelevanceEquation",
    "CodingInstructions",
    "QuestionCardinality",
    "AnswerCardinality",
    "AnswerListIdOverride",
    "AnswerListTypeOverride",
    "EXTERNAL_COPYRIGHT_NOTICE",
]
_PROPERTY_OF = {"TIME": "TIME_ASPCT", "SCALE": "SCALE_TYP", "METHOD": "METHOD_TYP"}
_UNITS = ("mg/dL", "mmol/L", "%", "10*3/uL", "ng/mL", "U/L")


def write_loinc(folder: Path, seed: int, plan: LoincPlan) -> dict[str, int]:
    """Write the release; return rows by kind. The folder's name should say the version."""
    names = {code: _name(plan, parts) for code, parts in plan.terms.items()}
    more = folder / "AccessoryFiles"
    parts, answers = more / "PartFile", more / "AnswerFile"
    tree = more / "ComponentHierarchyBySystem" / "ComponentHierarchyBySystem.csv"
    return {
        "terms": write_csv(
            folder / "LoincTable" / "Loinc.csv", COLUMNS, _term_rows(seed, plan, names)
        ),
        "replacements": write_csv(
            folder / "LoincTable" / "MapTo.csv", ("LOINC", "MAP_TO", "COMMENT"), _map_to(plan)
        ),
        "parts": write_csv(
            parts / "Part.csv",
            ("PartNumber", "PartTypeName", "PartName", "PartDisplayName", "Status"),
            _part_rows(plan),
        ),
        "part links": write_csv(
            parts / "LoincPartLink_Primary.csv", _LINK_COLUMNS, _link_rows(plan, names)
        ),
        "answers": write_csv(answers / "AnswerList.csv", _ANSWER_COLUMNS, _answer_rows(seed, plan)),
        "answer links": write_csv(
            answers / "LoincAnswerListLink.csv",
            (
                *("LoincNumber", "LongCommonName", "AnswerListId", "AnswerListName"),
                *("AnswerListLinkType", "ApplicableContext"),
            ),
            _answer_links(seed, plan, names),
        ),
        "hierarchy": write_csv(
            tree,
            ("PATH_TO_ROOT", "SEQUENCE", "IMMEDIATE_PARENT", "CODE", "CODE_TEXT"),
            _tree_rows(plan, names),
        ),
        "consumer names": write_csv(
            more / "ConsumerName" / "ConsumerName.csv",
            ("LoincNumber", "ConsumerName"),
            _consumer_names(plan),
        ),
        "panel members": write_csv(
            more / "PanelsAndForms" / "PanelsAndForms.csv",
            _PANEL_COLUMNS,
            _panel_rows(seed, plan, names),
        ),
        **_write_variants(more / "LinguisticVariants", plan, names),
    }


def _name(plan: LoincPlan, parts: tuple[int, ...]) -> str:
    component, property_, _, system, _, method, _ = (plan.part_names[at] for at in parts)
    by = f" by {method}" if parts[5] % 3 else ""
    return f"{component} [{property_}] in {system}{by}"


def _term_rows(seed: int, plan: LoincPlan, names: dict[str, str]) -> Iterator[list[object]]:
    count = len(plan.terms)
    draw = Draw(seed, "loinc term facts")
    versions = draw.below(count, 70).tolist()
    units = draw.below(count, len(_UNITS)).tolist()
    rank = draw.below(count, 20_000).tolist()
    third = draw.happens(count, 0.03).tolist()
    for at, (code, parts) in enumerate(plan.terms.items()):
        row: dict[str, object] = dict.fromkeys(COLUMNS, "")
        for axis, part in zip(AXES, parts, strict=True):
            if axis != "METHOD" or part % 3:
                row[_PROPERTY_OF.get(axis, axis)] = plan.part_names[part]
        component, system = plan.part_names[parts[0]], plan.part_names[parts[3]]
        row |= {
            "LOINC_NUM": code,
            "VersionLastChanged": f"2.{versions[at] + 10}",
            "CHNG_TYPE": "MIN",
            "STATUS": plan.statuses[at],
            "CLASSTYPE": 1 + at % 4,
            "RELATEDNAMES2": f"{component}; {system}; Random; Point in time",
            "SHORTNAME": f"{component[:20]} {system[:10]}",
            "ORDER_OBS": ("Both", "Observation", "Order", "Subset")[at % 4],
            "LONG_COMMON_NAME": names[code],
            "EXAMPLE_UCUM_UNITS": _UNITS[units[at]],
            "COMMON_TEST_RANK": rank[at] if rank[at] < 2_000 else 0,
            "EXTERNAL_COPYRIGHT_NOTICE": "Copyright of a third party" if third[at] else "",
            "VersionFirstReleased": f"2.{versions[at] // 2 + 5}",
            "DisplayName": f"{component} {system}",
        }
        yield list(row.values())


def _map_to(plan: LoincPlan) -> Iterator[tuple[str, str, str]]:
    """Yield for each deprecated term the active one that follows it in the table."""
    codes = list(plan.terms)
    following: str | None = None
    for code, status in zip(reversed(codes), reversed(plan.statuses), strict=True):
        if status == "ACTIVE":
            following = code
        elif status == "DEPRECATED" and following is not None:
            yield code, following, ""


def _part_rows(plan: LoincPlan) -> Iterator[tuple[str, ...]]:
    for axis, parts in plan.axis_parts.items():
        for at in parts:
            name = plan.part_names[at]
            yield plan.parts[at], axis, name, name if at % 5 else f"{name} display", "ACTIVE"


def _link_rows(plan: LoincPlan, names: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for code, parts in plan.terms.items():
        for axis, part in zip(AXES, parts, strict=True):
            if axis == "CLASS" or (axis == "METHOD" and part % 3 == 0):
                continue
            url = f"http://loinc.org/property/{_PROPERTY_OF.get(axis, axis)}"
            yield (
                *(code, names[code], plan.parts[part], plan.part_names[part]),
                *("http://loinc.org", axis, "Primary", url),
            )


def _answer_rows(seed: int, plan: LoincPlan) -> Iterator[list[object]]:
    """Yield each list's answers: in all each answer once, and some of them in a second list."""
    draw = Draw(seed, "loinc answers")
    words = plan.part_names
    others = draw.below(len(plan.answers), len(plan.answers)).tolist()
    size = max(1, len(plan.answers) // len(plan.lists))
    for number, name in enumerate(plan.lists):
        last = number == len(plan.lists) - 1
        own = range(number * size, len(plan.answers) if last else (number + 1) * size)
        chosen = dict.fromkeys((*own, *(others[at] for at in own[::4])))
        for sequence, at in enumerate(chosen, start=1):
            row: dict[str, object] = dict.fromkeys(_ANSWER_COLUMNS, "")
            row |= {
                "AnswerListId": name,
                "AnswerListName": f"Answer list {number + 1}",
                "AnswerListOID": f"2.25.{10_000 + number}",
                "ExtDefinedYN": "N",
                "AnswerStringId": plan.answers[at],
                "SequenceNumber": sequence,
                "DisplayText": words[at % len(words)],
                "Score": sequence - 1 if number % 3 == 0 else "",
            }
            yield list(row.values())


def _answer_links(seed: int, plan: LoincPlan, names: dict[str, str]) -> Iterator[tuple[str, ...]]:
    draw = Draw(seed, "loinc answer links")
    linked = draw.happens(len(plan.terms), 0.25).tolist()
    lists = draw.zipf(len(plan.terms), len(plan.lists)).tolist()
    kinds = ("EXAMPLE", "NORMATIVE", "PREFERRED")
    for at, (code, keep, which) in enumerate(zip(plan.terms, linked, lists, strict=True)):
        if keep:
            name = f"Answer list {which + 1}"
            yield code, names[code], plan.lists[which], name, kinds[at % 3], ""


def _tree_rows(plan: LoincPlan, names: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """Yield the tree of component parts in pre-order, each part's terms behind its parts."""
    below: dict[int, list[int]] = {}
    for at, above in enumerate(plan.parents):
        below.setdefault(above, []).append(at)
    terms: dict[int, list[str]] = {}
    for code, parts in plan.terms.items():
        terms.setdefault(parts[0], []).append(code)
    for code, other in plan.second_place.items():
        terms.setdefault(other, []).append(code)
    waiting = [(0, "", "")]
    sequence = 0
    while waiting:
        at, path, parent = waiting.pop()
        own = plan.parts[at]
        sequence += 1
        yield path, sequence, parent, own, plan.part_names[at]
        inner = f"{path}.{own}" if path else own
        for code in terms.get(at, ()):
            sequence += 1
            yield inner, sequence, own, code, names[code]
        waiting.extend((one, inner, own) for one in reversed(below.get(at, ())))


def _consumer_names(plan: LoincPlan) -> Iterator[tuple[str, str]]:
    for at, (code, parts) in enumerate(plan.terms.items()):
        if at % 2 == 0:
            yield code, f"{plan.part_names[parts[0]]}, {plan.part_names[parts[3]]}"


def _panel_rows(seed: int, plan: LoincPlan, names: dict[str, str]) -> Iterator[list[object]]:
    """Yield panels of 2 to 20 members; every fiftieth term is one. Its own row stands first."""
    codes = list(plan.terms)
    draw = Draw(seed, "loinc panels")
    panels = codes[::50]
    sizes = (2 + draw.below(len(panels), 19)).tolist()
    number = 0
    for panel, size in zip(panels, sizes, strict=True):
        chosen = draw.below(size, len(codes)).tolist()
        members = dict.fromkeys((panel, *(codes[at] for at in chosen)))
        for sequence, member in enumerate(members):
            number += 1
            row: dict[str, object] = dict.fromkeys(_PANEL_COLUMNS, "")
            row |= {
                "ParentId": number,
                "ParentLoinc": panel,
                "ParentName": names[panel],
                "ID": number,
                "SEQUENCE": sequence,
                "Loinc": member,
                "LoincName": names[member],
                "DisplayNameForForm": names[member],
                "ObservationRequiredInPanel": "R" if sequence % 2 else "O",
            }
            yield list(row.values())


def _write_variants(folder: Path, plan: LoincPlan, names: dict[str, str]) -> dict[str, int]:
    """Write two languages, a quarter of the terms each, by a marked name."""
    languages = (("de", "DE", 15, "German (Germany)"), ("fr", "FR", 18, "French (France)"))
    write_csv(
        folder / "LinguisticVariants.csv",
        ("ID", "ISO_LANGUAGE", "ISO_COUNTRY", "LANGUAGE_NAME", "PRODUCER"),
        [(number, one, country, name, "Made up") for one, country, number, name in languages],
    )
    columns = (
        *("LOINC_NUM", "COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP"),
        *(
            "CLASS",
            "SHORTNAME",
            "LONG_COMMON_NAME",
            "RELATEDNAMES2",
            "LinguisticVariantDisplayName",
        ),
    )
    written = 0
    for place, (language, country, number, _) in enumerate(languages):
        rows = (
            (code, *[""] * 8, f"{names[code]} ({language})", "", "")
            for at, code in enumerate(plan.terms)
            if at % 4 == place
        )
        file = folder / f"{language}{country}{number}LinguisticVariant.csv"
        written += write_csv(file, columns, rows)
    return {"linguistic variants": written}
