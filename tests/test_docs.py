"""The documentation is complete, its links resolve, and the examples marked `run` do run."""

import asyncio
import doctest
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote

import click
import httpx
import pytest
from click.testing import CliRunner

from api import docs
from api.app import build_app, open_home
from api.cli import LAZY, termserver
from api.operations import operations
from api.settings import Settings, settings_table
from loaders.detect import FORMATS
from loaders.run import load

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REFERENCE = ROOT / "docs" / "reference"
ONCOLOGY = ROOT / "loaders" / "starter" / "oncology"
BLOCK = re.compile(r"^```(\w+) run\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)
COMMAND = re.compile(r"^\$ ", re.M)
SERVED = "http://127.0.0.1:8080"


def shown(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def examples(language: str) -> Iterator[tuple[str, str]]:
    """Yield (page, text) of every block of a language that is marked `run`."""
    for page in PAGES:
        for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            if kind == language:
                yield shown(page), text


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as they are made where the pages are shown."""
    titles = (re.sub(r"[^\w\- ]", "", one.lower()) for one in HEADING.findall(text))
    return {one.replace(" ", "-") for one in titles}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose `termserver-data` holds the oncology content of the starter."""
    made = tmp_path_factory.mktemp("docs")
    load(made / "termserver-data", [str(ONCOLOGY)])
    return made


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_relative_link_resolves(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        if not target.exists() or (
            anchor
            and target.suffix == ".md"
            and anchor not in anchors(target.read_text(encoding="utf-8"))
        ):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", sorted(docs.pages()))
def test_a_page_made_from_the_tables_is_current(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == docs.pages()[name], (
        f"docs/reference/{name} is not what the program says: make docs"
    )


def test_every_page_of_guides_and_internals_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [
        one.relative_to(ROOT / "docs").as_posix()
        for shelf in ("guides", "internals", "reference")
        for one in (ROOT / "docs" / shelf).glob("*.md")
    ]
    assert [one for one in pages if f"({one})" not in index] == []


def test_every_command_and_option_is_documented_and_has_an_example() -> None:
    text = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    context = click.Context(termserver)
    for name in LAZY:
        command = termserver.get_command(context, name)
        assert command is not None
        assert f"## termserver {name}\n" in text
        assert command.help, name
        assert (command.epilog or "").startswith("Example: termserver "), name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.name}"
                assert parameter.opts[0] in text, f"{name} {parameter.name}"


def test_every_setting_is_documented() -> None:
    text = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    for one in settings_table():
        assert f"| `{one.variable}` |" in text
        assert one.text, one.variable


def test_every_parameter_of_every_operation_is_documented() -> None:
    text = (REFERENCE / "operations.md").read_text(encoding="utf-8")
    for operation in operations():
        assert f"## {operation.path}\n" in text
        assert operation.doc, operation.path
        for parameter in operation.parameters:
            assert f"| `{parameter.name}` |" in text, f"{operation.path} {parameter.name}"
            assert parameter.doc, f"{operation.path} {parameter.name}"


def test_every_source_format_is_in_the_guide_to_loading() -> None:
    text = (ROOT / "docs" / "guides" / "loading.md").read_text(encoding="utf-8")
    missing = [one for one in FORMATS if f"| `{one}` |" not in text]
    assert missing == [], "add a row to the table of docs/guides/loading.md"


def test_every_decision_is_in_the_index_of_decisions() -> None:
    decisions = ROOT / "docs" / "decisions"
    index = (decisions / "README.md").read_text(encoding="utf-8")
    assert [one.name for one in decisions.glob("0*.md") if f"({one.name})" not in index] == []


def test_examples_of_each_kind_are_marked() -> None:
    assert all(list(examples(language)) for language in ("python", "sh", "console"))


def test_the_python_examples_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    by_page: dict[str, list[str]] = {}
    for page, text in examples("python"):
        by_page.setdefault(page, []).append(text)
    for page, texts in by_page.items():
        test = doctest.DocTestParser().get_doctest("\n".join(texts), {}, page, page, 0)
        report: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=report.append)
        assert runner.summarize(verbose=False).failed == 0, "".join(report)


def test_the_command_line_examples_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    runner = CliRunner()
    for page, text in examples("console"):
        for one in COMMAND.split(text)[1:]:
            line, _, expected = one.partition("\n")
            words = shlex.split(line)
            assert words[0] == "termserver", f"{page}: {line}"
            result = runner.invoke(termserver, words[1:], standalone_mode=False)
            assert result.exception is None, f"{page}: {line}: {result.exception}"
            code = f"[{result.return_value}]\n" if result.return_value else ""
            printed = result.stdout + code
            assert doctest.OutputChecker().check_output(
                expected, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            ), f"{page}: {line}:\n{printed}"


def test_the_http_examples_are_answered(folder: Path) -> None:
    settings = Settings(home=folder / "termserver-data")
    with ExitStack() as stack:
        app = build_app(settings, open_home)
        app.server.start()
        stack.callback(app.server.stop)
        for page, text in examples("sh"):
            for line in filter(None, text.replace("\ncurl", "\0curl").split("\0")):
                method, url, headers, body = request_of(shlex.split(line), page)

                async def ask(
                    method: str = method,
                    url: str = url,
                    headers: dict[str, str] = headers,
                    body: str | None = body,
                ) -> httpx.Response:
                    transport = httpx.ASGITransport(app=app)
                    async with httpx.AsyncClient(transport=transport) as client:
                        return await client.request(method, url, headers=headers, content=body)

                answer = asyncio.run(ask())
                assert answer.status_code == 200, f"{page}: {line}: {answer.text}"
                assert answer.json()["resourceType"] != "OperationOutcome", f"{page}: {line}"
                assert '"status":"4' not in answer.text, f"{page}: {line}: {answer.text}"


def request_of(words: list[str], page: str) -> tuple[str, str, dict[str, str], str | None]:
    """Return method, url, headers and body of a line of curl."""
    assert words[:2] == ["curl", "-g"], f"{page}: {words}"
    url, headers, body = "", {}, None
    rest = iter(words[2:])
    for word in rest:
        match word:
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-d":
                body = next(rest)
            case _:
                assert not word.startswith("-"), f"{page}: {word}"
                url = word
    assert url.startswith(SERVED), f"{page}: {url}"
    return ("GET" if body is None else "POST"), url, headers, body
