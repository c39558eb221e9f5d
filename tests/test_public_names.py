"""What `import termserver` offers is named, sorted and documented."""

import inspect
import subprocess
import sys

import pytest

import termserver
from termserver import errors, library


def test_all_is_sorted_and_without_repetition() -> None:
    assert termserver.__all__ == sorted(set(termserver.__all__))


def test_every_name_of_all_is_there_and_documented() -> None:
    for name in termserver.__all__:
        assert inspect.getdoc(getattr(termserver, name)), name


def test_the_names_are_those_of_the_library() -> None:
    assert termserver.open is library.open_home
    assert termserver.Library is library.Library


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = termserver.nothing


def test_every_method_of_the_library_is_documented_and_typed() -> None:
    methods = {
        name: one
        for name, one in inspect.getmembers(termserver.Library, inspect.isfunction)
        if not name.startswith("_")
    }
    assert sorted(methods) == [
        "close",
        "expand",
        "lookup",
        "subsumes",
        "translate",
        "validate_code",
    ]
    for name, method in methods.items():
        assert inspect.getdoc(method), name
        signature = inspect.signature(method)
        assert signature.return_annotation is not inspect.Signature.empty, name


def test_every_error_class_is_named_in_the_tree_of_its_module() -> None:
    classes = [
        name
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if one.__module__ == errors.__name__
    ]
    tree = errors.__doc__ or ""
    assert [name for name in classes if name not in tree] == []


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    code = "import sys, termserver; print([m for m in sys.modules if m.startswith('termserver.')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
