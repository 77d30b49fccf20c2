# Every target sets up .venv by itself, and again when pyproject.toml or constraints.txt changes.

PYTHON ?= python3
SHELL := /bin/sh
BIN := .venv/bin
READY := .venv/.ready

# Modules that some other project put on the path must not stand before what is installed here.
unexport PYTHONHOME PYTHONPATH

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test test-attacks test-batches test-code test-suite docs bench clean
.PHONY: proof proof-attacks proof-batches proof-browser proof-e2e proof-learning proof-tests proof-whole
.PHONY: lint lint-style lint-format lint-types lint-imports lint-spelling

help:
	@echo "make demo    grade the sample submissions of each homework into results/"
	@echo "make test    run the tests"
	@echo "make proof   run the tests that take long, and prove the homework; CI does"
	@echo "make lint    check style, types, imports and spelling"
	@echo "make docs    build the documentation as a site, into build/site"
	@echo "make bench   time a batch beside other graders, and what somebody waits for"
	@echo "make setup   only make the environment, .venv"
	@echo "make clean   remove what the others made, except results/"

ASSIGNMENTS := $(notdir $(patsubst %/exercises.toml,%,$(wildcard assignments/*/exercises.toml)))

SAMPLED := $(notdir $(patsubst %/,%,$(dir $(wildcard tests/*/submissions))))

demo: $(addprefix demo-,$(SAMPLED))

$(addprefix demo-,$(SAMPLED)): demo-%: $(READY)
	$(BIN)/grader grade $* tests/$*/submissions -o results/$* --fresh

# Parts of about the same length, side by side: a good deal of each is waiting for processes to start
# and for deadlines. What trains to the end, or proves what rarely breaks alone, is left to the long
# proofs.
SIDE_BY_SIDE := --no-print-directory --jobs=4 --output-sync=target --keep-going
LONG := proof or learning
HOMEWORK := $(wildcard $(addprefix tests/,$(ASSIGNMENTS)))
# Tests of whole batches, one after the other.
WHOLE := $(addprefix tests/e2e/test_,$(addsuffix .py,archive memory resume))
PARTS := tests/attacks tests/benchmarks tests/e2e tests/unit/author tests/unit/suite $(HOMEWORK)

test: $(READY)
	@$(MAKE) $(SIDE_BY_SIDE) test-attacks test-suite test-code test-batches

test-batches: $(READY)
	$(BIN)/pytest -m "not ($(LONG))" tests/e2e tests/benchmarks $(HOMEWORK)

test-attacks: $(READY)
	$(BIN)/pytest -m "not ($(LONG))" tests/attacks tests/unit/author

test-suite: $(READY)
	$(BIN)/pytest -m "not ($(LONG))" tests/unit/suite

test-code: $(READY)
	$(BIN)/pytest -m "not ($(LONG))" tests $(addprefix --ignore=,$(PARTS))

# The longest first, lest one of them be left to run alone.
proof: $(READY)
	@$(MAKE) $(SIDE_BY_SIDE) proof-batches proof-attacks proof-whole proof-e2e \
	  $(addprefix proof-,$(ASSIGNMENTS)) proof-learning proof-tests

proof-whole: $(READY)
	$(BIN)/pytest -m "proof and not learning" $(WHOLE)

proof-e2e: $(READY)
	$(BIN)/pytest -m "proof and not learning" tests/e2e tests/benchmarks $(addprefix --ignore=,$(WHOLE))

proof-attacks: $(READY)
	$(BIN)/pytest -m "proof and not learning" tests/attacks

proof-tests: $(READY)
	$(BIN)/pytest -m "proof and not learning" tests $(addprefix --ignore=,$(filter-out tests/unit/%,$(PARTS)))

proof-batches: $(READY)
	$(BIN)/pytest -m "proof and not learning" $(HOMEWORK)

# What needs a Chromium besides (Debian: apt-get install chromium), and JupyterLab, which this installs.
# Neither is part of `make proof`: without them these tests are skipped there.
proof-browser: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
	  -c constraints.txt -e '.[browser]'
	$(BIN)/pytest -m proof -rs tests/e2e/test_in_jupyterlab.py tests/unit/desk/test_in_a_browser.py

proof-learning: $(READY)
	$(BIN)/pytest -m learning tests

# The tests of proof-batches grade the samples, and ask of them what `grader validate` would.
$(addprefix proof-,$(ASSIGNMENTS)): proof-%: $(READY)
	$(BIN)/grader validate $* --no-samples

lint: lint-style lint-format lint-types lint-imports lint-spelling

lint-style: $(READY)
	$(BIN)/ruff check .

lint-format: $(READY)
	$(BIN)/ruff format --check .

lint-types: $(READY)
	$(BIN)/mypy

lint-imports: $(READY)
	$(BIN)/lint-imports --no-logo

lint-spelling: $(READY)
	$(BIN)/codespell

docs: $(READY)
	$(BIN)/zensical build --clean --strict

bench: $(READY)
	$(BIN)/python tests/benchmarks/bench_batch.py
	$(BIN)/python tests/benchmarks/bench_loop.py

setup: $(READY)

# results/ stays: it may hold a gradebook.
clean:
	rm -rf .venv build dist grader.egg-info .hypothesis .import_linter_cache .mypy_cache
	rm -rf .pytest_cache .ruff_cache
	find assignments grader solutions tests -name __pycache__ -prune -exec rm -rf {} +

# An environment knows the path that it was made at. In a checkout that has been copied or moved
# it would run the other one's code, so it is made afresh.
ifneq ($(shell cat $(READY) 2>/dev/null),$(shell pwd -P))
.PHONY: $(READY)
endif

$(READY): pyproject.toml constraints.txt
	@command -v $(firstword $(PYTHON)) >/dev/null || { \
	  echo "There is no $(PYTHON). Install Python 3.11 or later, or name one: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old. Name Python 3.11 or later: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv; the first time this takes some minutes."
	@[ "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" ] || rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
	  -c constraints.txt -e '.[dev]'
	@pwd -P > $(READY)
