# Needs nothing but make and Python 3.11 to 3.14; every target makes what it needs by itself.
PYTHON ?=
PORT ?=
ARGS ?=
CORPORA ?= ../shared/corpora
export PYTHON PORT CORPORA

ENVIRONMENT = sh tools/python.sh -m tools.environment
IN_VENV = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-long check lint bench lock

help: ## Shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Makes .venv with the pinned packages; instant when nothing changed (PYTHON=python3.12 picks the Python)
	@$(ENVIRONMENT) run

setup-dev:
	@$(ENVIRONMENT) dev

run: setup ## Starts the app on this computer and opens the browser (PORT=8600 picks the port)
	@exec $(IN_VENV) -m tools.serve $(ARGS)

test: setup-dev ## Runs the tests with branch coverage (ARGS="tests/test_docs.py -x" runs a part, without coverage)
	@$(IN_VENV) -m tools.suite $(ARGS)

test-long: setup-dev ## Runs what does not fit into `make test`
	@$(IN_VENV) -m pytest -m long $(ARGS)

check: lint ## Checks format, style, types and architecture
	@$(IN_VENV) -m pytest tests/test_architecture.py

lint: setup-dev
	@$(IN_VENV) -m ruff format --check .
	@$(IN_VENV) -m ruff check .
	@$(IN_VENV) -m mypy

bench: setup-dev ## Runs the benchmarks (CORPORA=folder of the test collections; ARGS="questions" runs one)
	@$(IN_VENV) -m tools.bench $(ARGS)

lock: ## Rewrites the pins in requirements*.txt (ARGS=--upgrade: to the newest versions)
	@$(ENVIRONMENT) lock $(ARGS)
