# `make demo` and `make test` need Python 3.11 or later and make, nothing else: the first call makes .venv and
# installs into it; a stamp in .venv for each set of packages keeps later calls from installing again.
# README.md shows the same steps as plain commands.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install
GOAL := $(or $(firstword $(MAKECMDGOALS)),help)

.PHONY: help demo test lint format clean

help:
	@echo "make demo     solve examples/bakery.txt with the embedded local model"
	@echo "make test     lint, types, import contracts and the whole test suite"
	@echo "make lint     the first three of these alone"
	@echo "make format   let ruff fix and format the code"
	@echo "make clean    remove what these commands made"
	@echo "Another Python than python3: make PYTHON=/path/to/python test"

demo: .venv/.demo
	$(BIN)/steepest solve examples/bakery.txt --model local

# The embedded model uses every core, so its tests run after the others and not beside them.
test: lint .venv/.torch
	$(BIN)/pytest -n auto -m "not local_llm"
	$(BIN)/pytest -m local_llm

# mypy and import-linter follow files, not import hooks, and a checkout has its folders beside `steepest`, not inside
# it: both look at a copy that is installed like a user's.
lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build .venv/installed
	$(INSTALL) --quiet --no-deps --no-build-isolation --target .venv/installed .
	cd .venv/installed && ../bin/lint-imports --no-logo --no-cache --config $(CURDIR)/pyproject.toml
	cd .venv/installed && ../bin/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/.mypy_cache -p steepest

format: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/.demo: pyproject.toml .venv/.made
	$(INSTALL) --editable '.[local]'
	touch $@

.venv/.test: pyproject.toml .venv/.made
	$(INSTALL) --editable '.[cp,dev,inspect,local,mcp,monty,nonlinear,plots,postgres,ray,tables,web]'
	touch $@ .venv/.demo

# The package index's torch brings gigabytes of CUDA along, so `make test` takes only a build for the CPU, which pip finds
# where it is told of a place that has one (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS); the index itself has none of that name.
.venv/.torch: .venv/.test
	$(INSTALL) --quiet torch==2.13.0+cpu || echo "pip knows no torch for the CPU alone: tests of its gradients are skipped"
	touch $@

.venv/.made:
	@command -v $(PYTHON) >/dev/null || { \
	    echo "There is no '$(PYTHON)' here. Install Python 3.11 or later, or name it: make $(GOAL) PYTHON=/path/to/python" >&2; \
	    exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "steepest needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." >&2; \
	    echo "Name a later one: make $(GOAL) PYTHON=/path/to/python" >&2; \
	    exit 1; }
	$(PYTHON) -m venv .venv
	touch $@
