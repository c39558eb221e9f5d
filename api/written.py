"""$expand of codes and displays alone, from rows written beforehand, in parts where it is long.

The answer of the full way to the byte, for requests of any size and on any way that they come;
what is not plain (`valuesets.page_plans`) is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from api.call import Call
from api.requests import THRESHOLD
from api.wire.pages import ENTRIES, Asked, page_json, page_parts
from valuesets.expand import Clock, new_identifier
from valuesets.page_plans import named_plan, sent_plan
from valuesets.pages import PagePlan, cut_page

_PLAIN = frozenset({"url", "valueSet", "count", "offset", "filter"})


def plain_expansion(call: Call) -> bytes | Iterable[bytes] | None:
    """Return the ValueSet as JSON text, None where it takes more than rows or is to be refused.

    Raises: TooCostly after the time that a request may take.
    """
    asked, plan = _asked(call), _plan(call)
    if asked is None or plan is None:
        return None
    offset, size, text = asked
    whole = offset is None and size is None
    if whole and plan.frame.nests and not text:
        return None  # a tree
    page = cut_page(plan, offset=offset or 0, count=size, text=text)
    if whole and page.total > call.service.settings.max_expansion:
        return None
    clock = Clock(now=datetime.now(UTC), identifier=new_identifier())
    write = page_json if sum(len(one) for _, one in page.shown) <= ENTRIES else page_parts
    return write(plan, page, asked, call.release, clock)


def _asked(call: Call) -> Asked | None:
    """Return the page that is asked for, None where more is asked for than that."""
    values, headers = call.values, call.request.headers
    if not values.keys() <= _PLAIN or call.instance is not None:
        return None
    if call.accept_language is not None or THRESHOLD in headers:
        return None
    if call.query_map().get("_pretty") == "true":
        return None
    asked = Asked(values.get("offset"), values.get("count"), values.get("filter"))
    return None if (asked.offset or 0) < 0 or (asked.size or 0) < 0 else asked


def _plan(call: Call) -> PagePlan | None:
    terminology = call.terminology
    if terminology.overlay is not None:
        return None
    url, sent = call.values.get("url"), call.values.get("valueSet")
    if sent is None and url:
        return named_plan(terminology, url, call.deadline)
    return sent_plan(terminology, sent, deadline=call.deadline)
