"""Point: $expand of a page of a named value set, or of one that is sent and selects by filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.answer import SMALL_COUNT
from api.points.point import Point, Texts
from api.points.reading import sent_parameters
from api.wire.pages import Asked, page_json
from termserver.deadline import at_once
from termserver.terminology import Terminology
from valuesets.expand import Clock, new_identifier
from valuesets.implicit import is_expression
from valuesets.page_plans import named_plan, sent_plan
from valuesets.pages import PagePlan, cut_page

_LARGEST = 10**9
_SENT = {
    "url": "valueUri",
    "valueSet": "resource",
    "filter": "valueString",
    "count": "valueInteger",
    "offset": "valueInteger",
}
"""Parameter -> the one element in which its value stands in a plain body."""


def expand_page(terminology: Terminology, texts: Texts) -> bytes | None:
    """Return the body of ValueSet/$expand for a page of a value set with a url."""
    url, count, offset = texts.get("url"), texts.get("count"), texts.get("offset")
    if url is None or count is None or not _is_number(count) or int(count) > SMALL_COUNT:
        return None
    if offset is not None and not _is_number(offset):
        return None
    asked = Asked(None if offset is None else int(offset), int(count), texts.get("filter"))
    return _page(terminology, named_plan(terminology, url, at_once()), asked)


def _is_number(text: str) -> bool:
    """Tell whether a text is a number that is read alike by all, and not too large for one."""
    return text.isascii() and text.isdigit() and len(text) < 10


def expand_sent(terminology: Terminology, body: bytes) -> bytes | None:
    """Return the same for a Parameters body with a url or a value set."""
    found = _parameters(body)
    if found is None:
        return None
    count, offset = found.get("count"), found.get("offset")
    if not _is_count(count, SMALL_COUNT) or not (offset is None or _is_count(offset, _LARGEST)):
        return None
    asked = Asked(offset, count, found.get("filter"))
    if "url" in found:
        if "valueSet" in found or is_expression(found["url"]):
            return None
        plan = named_plan(terminology, found["url"], at_once())
    else:
        # in the event loop: what takes longer is for a thread
        plan = sent_plan(terminology, found.get("valueSet"), deadline=at_once())
    return _page(terminology, plan, asked)


def _is_count(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _parameters(body: bytes) -> dict[str, Any] | None:
    """Return the values of a Parameters body by name, None where it is not plain."""
    listed = sent_parameters(body)
    if listed is None:
        return None
    found: dict[str, Any] = {}
    for one in listed:
        if type(one) is not dict or len(one) != 2:
            return None
        name = str(one.get("name"))
        value = one.get(_SENT.get(name, ""))
        if value is None or value == "" or name in found:
            return None
        found[name] = value
    texts = (found.get("url", ""), found.get("filter", ""))
    return found if all(type(one) is str for one in texts) else None


def _page(terminology: Terminology, plan: PagePlan | None, asked: Asked) -> bytes | None:
    if plan is None:
        return None
    page = cut_page(plan, offset=asked.offset or 0, count=asked.size, text=asked.text)
    clock = Clock(now=datetime.now(UTC), identifier=new_identifier())
    return page_json(plan, page, asked, terminology.release, clock)


POINTS = (
    Point(
        path="ValueSet/$expand",
        texts=frozenset({"url", "count", "offset", "filter"}),
        answer=expand_page,
        sent=expand_sent,
        weak=True,
    ),
)
