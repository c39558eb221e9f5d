# Every command of the project; the same ones run in CI (.ci/run).
# A fresh machine needs Python 3.11 or newer and make: `make serve` and `make test` do the rest.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
TERMSERVER_HOME ?= termserver-data
# Test workers: the suite starts real servers, so more than two gain little on small machines.
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
# The locks name every package, so there is nothing to resolve; what is imported is compiled then.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps --no-compile
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

export TERMSERVER_HOME

.PHONY: help serve setup test check format conformance bench bench-parts docs lock clean

help:
	@echo "make serve        environment, starter content, server on port $(PORT)"
	@echo "make test         environment and the whole test suite"
	@echo "make setup        environment for development"
	@echo "make check        format, lint and types"
	@echo "make format       rewrite the sources in the house format"
	@echo "make conformance  the public suite of HL7 against this server"
	@echo "make bench        the 20 operations with wrk; writes docs/performance.md"
	@echo "make bench-parts  timings of parts"
	@echo "make docs         the generated pages of docs/reference"
	@echo "make lock         renew both lock files (then review the difference)"
	@echo "make clean        remove the environment and caches, never loaded content"

# Stamps hold when a step was last done, so nothing is installed twice.
# Locked as the rest, and first: old releases of pip take twice as long over a long lock file.
$(VENV)/.stamp-venv: requirements-pip.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"termserver needs Python 3.11 or newer, this is %d.%d: make PYTHON=python3.11" \
		% sys.version_info[:2])'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-pip.lock
	@touch $@

$(VENV)/.stamp-run: requirements.lock | $(VENV)/.stamp-venv
	@echo "Installing the locked packages into $(VENV)"
	@$(PIP) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.lock $(VENV)/.stamp-run
	@echo "Installing the locked packages for development into $(VENV)"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# Linked, not copied: a change in the sources needs no new installation.
$(VENV)/.stamp-project: pyproject.toml $(VENV)/.stamp-run
	@PYTHONWARNINGS=ignore $(PIP) --no-build-isolation --editable .
	@touch $@

setup: $(VENV)/.stamp-dev $(VENV)/.stamp-project

# A part of the starter content that cannot be fetched is named; the server starts with the rest.
serve: $(VENV)/.stamp-project
	@ls "$(TERMSERVER_HOME)"/packs/*/manifest.json >/dev/null 2>&1 \
		|| $(BIN)/termserver load --starter \
		|| echo "Not all starter content was loaded; starting with what there is." >&2
	@exec $(BIN)/termserver serve --host $(HOST) --port $(PORT)

test: setup
	$(BIN)/python -m pytest -n $(JOBS)

check: setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

conformance: setup
	$(BIN)/python -m tests.conformance

# Worlds are made, and loaded, once; the smaller ones are for the table of growth. wrk must be there.
BENCH_SIZE ?= full
BENCH ?= build/bench

bench: setup
	@for size in small medium $(BENCH_SIZE); do \
		[ -d $(BENCH)/world-$$size ] \
			|| $(BIN)/python -m tests.synth --size $$size --out $(BENCH)/world-$$size || exit 1; \
	done
	$(BIN)/python -m tests.bench --world $(BENCH)/world-$(BENCH_SIZE) --home $(BENCH)/home-$(BENCH_SIZE) \
		--smaller $(BENCH)/world-small $(BENCH)/home-small \
		--smaller $(BENCH)/world-medium $(BENCH)/home-medium

bench-parts: setup
	$(BIN)/python -m pytest tests/bench -m bench

docs: setup
	$(BIN)/python -m api.docs

lock: setup
	$(LOCK) --upgrade --extra build -o requirements.lock pyproject.toml
	$(LOCK) --upgrade --extra build --extra dev -c requirements.lock \
		-o requirements-dev.lock pyproject.toml
	@sed -n '/^pip==/,/[^\\]$$/p' requirements.lock > requirements-pip.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
