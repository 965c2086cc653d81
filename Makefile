# Everything happens in .venv/. Python 3.11 or newer and make are all that must be there first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet
MESSAGE ?= change the tables

.DEFAULT_GOAL := help
.PHONY: help serve test coverage test-fast check format lock migration docs bench clean

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

serve: $(VENV)/.runtime ## Set everything up and run Easel
	$(BIN)/easel serve

test: $(VENV)/.dev ## Set everything up and run all tests
	$(BIN)/python -m pytest --numprocesses=2 --dist=worksteal

coverage: $(VENV)/.dev ## Run all tests, and show which lines they have not reached
	$(BIN)/python -m pytest --cov --cov-report=term --numprocesses=2 --dist=worksteal

test-fast: $(VENV)/.dev ## Run the tests that need no browser and no other processes
	$(BIN)/python -m pytest -m "not browser and not slow" --numprocesses=2 --dist=worksteal

check: $(VENV)/.dev ## Lint, types, import contracts, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check --lint --quiet

format: $(VENV)/.dev ## Bring code and templates into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates --reformat --quiet

lock: $(VENV)/.dev ## Pin the newest versions that fit pyproject.toml
	$(LOCK) --upgrade --group build -o requirements.txt
	$(LOCK) --upgrade --extra distributed --extra heic --group build --group dev -c requirements.txt -o requirements-dev.txt

migration: $(VENV)/.dev ## Write a migration for changed models, with MESSAGE="add …"
	$(BIN)/flask --app wsgi db migrate -m "$(MESSAGE)"

bench: $(VENV)/.dev ## Measure what docs/performance.md promises
	$(BIN)/python -m bench

clean: ## Remove everything that was set up
	rm -rf $(VENV) dist build .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# The marks say which locked set stands in the environment. Installing the larger set first must
# not be undone by the smaller one: it contains the same versions.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Easel needs Python 3.11 or newer: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
