"""A small made-up release in the layout of LOINC (codes are no real LOINC terms)."""

import csv
from pathlib import Path

COLUMNS = [
    "LOINC_NUM",
    "COMPONENT",
    "PROPERTY",
    "TIME_ASPCT",
    "SYSTEM",
    "SCALE_TYP",
    "METHOD_TYP",
    "CLASS",
    "DefinitionDescription",
    "STATUS",
    "CONSUMER_NAME",
    "CLASSTYPE",
    "RELATEDNAMES2",
    "SHORTNAME",
    "ORDER_OBS",
    "EXTERNAL_COPYRIGHT_NOTICE",
    "LONG_COMMON_NAME",
    "COMMON_TEST_RANK",
    "DisplayName",
]
ACCESSORY = "AccessoryFiles"

FILES: dict[str, list[list[str]]] = {
    "LoincTable/Loinc.csv": [
        COLUMNS,
        [
            "90001-9", "Widget", "MCnc", "Pt", "Bld", "Qn", "", "CHEM", "How much widget",
            "ACTIVE", "", "1", "WB; Wdg", "Widget Bld-mCnc", "Both", "",
            "Widget [Mass/volume] in Blood", "7", "Widget (Bld)",
        ],
        ["90002-7", "Widget", "Prid", "Pt", "Isolate", "Nom", "Culture", "MICRO", "",
         "DEPRECATED", "", "1", "", "Widget Islt Cult", "Observation", "",
         "Widget identified in Isolate", "0", ""],
        ["90003-5", "Gadget note", "Find", "Pt", "^Patient", "Doc", "", "DOC.ONTOLOGY", "",
         "DISCOURAGED", "", "2", "", "", "", "Copyright Acme", "Gadget note", "0", ""],
        ["90004-3", "Widget panel", "-", "Pt", "Bld", "-", "", "PANEL.CHEM", "",
         "ACTIVE", "", "1", "", "Widget Pnl Bld", "Order", "", "Widget panel - Blood", "0", ""],
    ],
    "LoincTable/MapTo.csv": [
        ["LOINC", "MAP_TO", "COMMENT"],
        ["90002-7", "90001-9", "for blood only"],
    ],
    f"{ACCESSORY}/PartFile/Part.csv": [
        ["PartNumber", "PartTypeName", "PartName", "PartDisplayName", "Status"],
        ["LP1-1", "COMPONENT", "Widget", "Widget", "ACTIVE"],
        ["LP2-2", "CLASS", "CHEM", "Chemistry", "ACTIVE"],
        ["LP3-3", "SYSTEM", "Bld", "Blood", "ACTIVE"],
        ["LP4-4", "Document.Kind", "Note", "Note", "DEPRECATED"],
    ],
    f"{ACCESSORY}/PartFile/LoincPartLink_Primary.csv": [
        ["LoincNumber", "LongCommonName", "PartNumber", "PartName", "PartCodeSystem",
         "PartTypeName", "LinkTypeName", "Property"],
        ["90001-9", "", "LP1-1", "Widget", "http://loinc.org", "COMPONENT", "Primary",
         "http://loinc.org/property/COMPONENT"],
        ["90003-5", "", "LP4-4", "Note", "http://loinc.org", "Document.Kind", "DocumentOntology",
         "http://loinc.org/property/document-kind"],
    ],
    f"{ACCESSORY}/PartFile/LoincPartLink_Supplementary.csv": [
        ["LoincNumber", "LongCommonName", "PartNumber", "PartName", "PartCodeSystem",
         "PartTypeName", "LinkTypeName", "Property"],
        ["90001-9", "", "LP1-1", "Widget", "http://loinc.org", "COMPONENT", "DetailedModel",
         "http://loinc.org/property/analyte"],
        ["90001-9", "", "LP1-1", "Widget", "http://loinc.org", "COMPONENT", "DetailedModel",
         "http://loinc.org/property/COMPONENT"],
    ],
    f"{ACCESSORY}/AnswerFile/AnswerList.csv": [
        ["AnswerListId", "AnswerListName", "AnswerListOID", "ExtDefinedYN", "AnswerStringId",
         "SequenceNumber", "DisplayText", "ExtCodeId", "ExtCodeDisplayName", "ExtCodeSystem",
         "Description"],
        ["LL1-1", "Yes|No", "1.2.3", "N", "LA1-1", "1", "Yes", "10", "Yes!", "http://acme.org", ""],
        ["LL1-1", "Yes|No", "1.2.3", "N", "LA2-2", "2", "No", "", "", "", "It is not so"],
        ["LL2-2", "External", "", "Y", "", "", "", "", "", "", ""],
    ],
    f"{ACCESSORY}/AnswerFile/LoincAnswerListLink.csv": [
        ["LoincNumber", "LongCommonName", "AnswerListId", "AnswerListName", "AnswerListLinkType",
         "ApplicableContext"],
        ["90002-7", "", "LL1-1", "Yes|No", "EXAMPLE", ""],
    ],
    f"{ACCESSORY}/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv": [
        ["PATH_TO_ROOT", "SEQUENCE", "IMMEDIATE_PARENT", "CODE", "CODE_TEXT"],
        ["", "1", "", "LP9-9", "Laboratory"],
        ["LP9-9", "1", "LP9-9", "LP2-2", "Chemistry"],
        ["LP9-9.LP2-2", "1", "LP2-2", "90001-9", "Widget"],
        ["LP9-9", "2", "LP9-9", "LP1-1", "Widget"],
        ["LP9-9.LP1-1", "1", "LP1-1", "90001-9", "Widget"],
    ],
    f"{ACCESSORY}/ConsumerName/ConsumerName.csv": [
        ["LoincNumber", "ConsumerName"],
        ["90001-9", "Widget, Blood"],
    ],
    f"{ACCESSORY}/LinguisticVariants/LinguisticVariants.csv": [
        ["ID", "ISO_LANGUAGE", "ISO_COUNTRY", "LANGUAGE_NAME", "PRODUCER"],
        ["15", "de", "DE", "German (GERMANY)", "nobody"],
        ["99", "fr", "FR", "French (FRANCE)", "nobody"],
    ],
    f"{ACCESSORY}/LinguisticVariants/deDE15LinguisticVariant.csv": [
        ["LOINC_NUM", "COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP",
         "CLASS", "SHORTNAME", "LONG_COMMON_NAME", "RELATEDNAMES2",
         "LinguisticVariantDisplayName"],
        ["90001-9", "", "", "", "", "", "", "", "", "Dings [Masse/Volumen] in Blut", "Ding", ""],
        ["90002-7", "Dings", "Prid", "Zeitpunkt", "Isolat", "Nominal", "", "MICRO", "", "", "", ""],
    ],
    f"{ACCESSORY}/PanelsAndForms/PanelsAndForms.csv": [
        ["ParentId", "ParentLoinc", "ParentName", "ID", "SEQUENCE", "Loinc", "LoincName"],
        ["1", "90004-3", "", "1", "1", "90004-3", ""],
        ["1", "90004-3", "", "2", "2", "90001-9", ""],
    ],
    f"{ACCESSORY}/GroupFile/ParentGroup.csv": [
        ["ParentGroupId", "ParentGroup", "Status"],
        ["LG1-1", "Widgets", "ACTIVE"],
    ],
    f"{ACCESSORY}/GroupFile/Group.csv": [
        ["ParentGroupId", "GroupId", "Group", "Archetype", "Status", "VersionFirstReleased"],
        ["LG1-1", "LG2-2", "Widget|Bld", "", "Active", ""],
    ],
    f"{ACCESSORY}/GroupFile/GroupLoincTerms.csv": [
        ["Category", "GroupId", "Archetype", "LoincNumber", "LongCommonName"],
        ["", "LG2-2", "", "90001-9", ""],
    ],
}  # fmt: skip


def write_release(folder: Path, **changes: list[list[str]] | None) -> Path:
    """Write the release; `changes` replaces a file by the stem of its name (None: left out)."""
    for place, rows in FILES.items():
        wanted = changes.get(Path(place).stem, rows)
        if wanted is None:
            continue
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(wanted)
    return folder
