"""Access lines, gathered and written together."""

import io
import logging
import re

import pytest

from api.accesslog import MOST, AccessLog

FORM = (
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 INFO access one GET /r4/metadata 200 1\.5 ms\n"
)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_lines_are_written_when_flushed(
    stream: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "termserver.access")
    access = AccessLog(stream)
    access.add("one", "GET", "/r4/metadata", 200, 0.0015)
    access.add("two", "GET", "/a\nb", 404, 2.0)
    assert stream.getvalue() == ""
    access.flush()
    first, second = stream.getvalue().splitlines(keepends=True)
    assert re.fullmatch(FORM, first)
    assert second.endswith("INFO access two GET '/a\\nb' 404 2000.0 ms\n")
    access.flush()
    assert stream.getvalue() == first + second


def test_many_lines_are_written_before_the_timer(
    stream: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "termserver.access")
    access = AccessLog(stream)
    for _ in range(MOST - 1):
        access.add("one", "GET", "/r4/metadata", 200, 0.0015)
    assert stream.getvalue() == ""
    access.add("one", "GET", "/r4/metadata", 200, 0.0015)
    assert len(stream.getvalue().splitlines()) == MOST


def test_nothing_is_written_above_info(
    stream: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "termserver.access")
    access = AccessLog(stream)
    access.add("one", "GET", "/", 200, 0.1)
    access.flush()
    assert stream.getvalue() == ""
