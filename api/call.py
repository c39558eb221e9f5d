"""Call: one request as a handler sees it, with its content, parameters and instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from api.exchange import Answer, Request
from api.params import Query, Values
from api.service import Loaded, Service
from termserver.deadline import UNLIMITED, Deadline
from termserver.model import Json
from termserver.terminology import Terminology


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a handler is given.

    `loaded` is the content, `terminology` the same with what came with the request in front;
    `values` are an operation's parameters; `instance` the resource at instance level; `body` the
    parsed JSON of a POST (None for none); `deadline` is until when to work.
    """

    request: Request
    service: Service
    loaded: Loaded
    terminology: Terminology
    query: Query = ()
    body: object = None
    values: Values = field(default_factory=dict)
    instance: Json | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    html: bool = False
    deadline: Deadline = UNLIMITED
    dispatcher: Callable[[Request], Answer] | None = None
    """Answers the entries of a batch."""

    @property
    def release(self) -> str:
        """Return the FHIR release of the base: "4.0" or "5.0"."""
        return self.request.release

    @property
    def accept_language(self) -> str | None:
        """Return the header Accept-Language, None where there is none or any will do."""
        given = self.request.headers.get("accept-language")
        return None if given in {None, "", "*"} else given

    def query_map(self) -> Mapping[str, str]:
        """Return the query's parameters, the last of each name."""
        return dict(self.query)
