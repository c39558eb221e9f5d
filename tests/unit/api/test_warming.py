"""Enumerations are made ready beside the first requests, and that ends with the server."""

import logging
from threading import Event
from threading import enumerate as threads

import pytest

from api.service import Loaded
from api.warming import start_warming
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from tests.api_requests import MemoryContent
from valuesets.page_plans import named_plan


class Broken:
    """Content that cannot be read any more."""

    def __init__(self) -> None:
        self.asked = Event()
        self.states = [Loaded(generation=one, terminologies={}) for one in "12"]

    def current(self) -> Loaded:
        if self.asked.is_set():
            return self.states[1]
        self.asked.set()
        broken = Terminology(Registry(()))
        object.__setattr__(broken, "registry", None)
        return Loaded(generation="1", terminologies={"4.0": broken})


def test_stopping_ends_the_thread() -> None:
    content = MemoryContent()
    stop = start_warming(content)
    stop()
    assert not [one for one in threads() if one.name == "warming"]
    assert named_plan(content.current().terminologies["4.0"], "http://example.org/none") is None


def test_content_that_changed_meanwhile_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    content = Broken()
    with caplog.at_level(logging.DEBUG, "termserver.warming"):
        stop = start_warming(content)
        content.asked.wait(5)
        for one in threads():
            if one.name == "warming":
                one.join(5)
        stop()
    assert caplog.records == []
