"""POST /validate-codes: files of codes to a real server."""

import io
from urllib.parse import urlencode

import polars as pl
import pytest

from tests.e2e.conftest import Reply, RunningServer

COLOUR, WARM = "http://example.org/colours", "http://example.org/warm"
CSV = {"Content-Type": "text/csv"}


def sent(server: RunningServer, body: bytes, headers: dict[str, str] = CSV, **query: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in query.items()}
    return server.ask(f"/validate-codes?{urlencode(named)}", body=body, headers=headers)


def test_a_table_is_answered_row_by_row(server: RunningServer) -> None:
    reply = sent(server, b"id;code\n7;red\n8;blue\n", system=COLOUR, valueset=WARM)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    lines = reply.body.decode().splitlines()
    assert lines[:2] == [
        "row,code,system,result,display,message,message_ids",
        f"1,red,{COLOUR},true,Red,,",
    ]
    assert lines[2].startswith(f"2,blue,{COLOUR},false,Blue,")
    assert (reply.headers["x-rows"], reply.headers["x-not-valid"]) == ("2", "1")


def test_the_answer_may_be_of_another_format(server: RunningServer) -> None:
    body = io.BytesIO()
    pl.DataFrame({"c": ["red", "red"]}).write_parquet(body)
    headers = {
        "Content-Type": "application/vnd.apache.parquet",
        "Accept": "application/x-ndjson",
    }
    reply = sent(server, body.getvalue(), headers, system=COLOUR, code_column="c", fhir="5.0")
    assert reply.status == 200
    row = f'"code":"red","system":"{COLOUR}","result":true,"display":"Red"'
    assert reply.body.decode() == "".join(
        f'{{"row":{at},{row},"message":null,"message_ids":[]}}\n' for at in (1, 2)
    )


@pytest.mark.parametrize(
    ("body", "headers", "query", "status", "said"),
    [
        (b"code\nred\n", CSV, {"system": "x"}, 404, "could not be found"),
        (b"code\nred\n", CSV, {}, 422, "no column 'system'"),
        (b"id\n1\n", CSV, {"system": COLOUR}, 422, "there is no column 'code'"),
        (b"code\nred\n", CSV, {"sytem": COLOUR}, 400, "'sytem' is unknown"),
        (b"code\nred\n", CSV, {"system": COLOUR, "fhir": "3.0"}, 400, "4.0 or 5.0"),
        (b"code\nred\n", CSV, {"system": COLOUR, "lenient_code": "1"}, 400, "true or false"),
        (b"{}", {"Content-Type": "application/json"}, {"system": COLOUR}, 400, "Content-Type"),
        (b"code\nred\n", CSV | {"Accept": "text/html"}, {"system": COLOUR}, 400, "Accept"),
    ],
)
def test_what_cannot_be_answered_is_an_outcome(
    server: RunningServer,
    body: bytes,
    headers: dict[str, str],
    query: dict[str, str],
    status: int,
    said: str,
) -> None:
    reply = sent(server, body, headers, **query)
    assert (reply.status, reply.json["resourceType"]) == (status, "OperationOutcome")
    assert said in reply.json["issue"][0]["details"]["text"]
