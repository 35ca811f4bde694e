# The verbs of ordonum. «make» alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
# A database and a service for each process; the tests of a file stay together.
PARALLEL ?= -n auto --maxprocesses 4 --dist loadfile

# An environment made elsewhere (a folder copied or moved) does not work here: make it again.
ifneq ($(shell cat .venv/.ready 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/.ready)
endif

.DEFAULT_GOAL := help
.PHONY: help run demo test check format bench bench-loaded bench-profile bench-decision campaign lock clean

help: ## list the verbs
	@echo "ordonum — make VERBE"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

$(STAMP): requirements.lock pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh

run: $(STAMP) ## set up, then serve on 127.0.0.1 with the sandbox (Ctrl-C stops)
	@exec $(BIN)/ordonum serve

demo: $(STAMP) ## play the whole story on a fresh database and tell it step by step
	@exec $(BIN)/ordonum demo

test: $(STAMP) ## set up, then run all the tests
	@exec $(BIN)/python -m pytest $(PARALLEL)

check: $(STAMP) ## format, lint, types, import contract, house rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/house

bench: $(STAMP) ## measure the calls of the service against pgbench; figures printed and kept in docs/bench (10 min)
	@PYTHONPATH=scripts exec $(BIN)/python -m bench

bench-loaded: $(STAMP) ## the same calls with a million prescriptions in the base, against an empty one (15 min)
	@PYTHONPATH=scripts exec $(BIN)/python -m bench --loaded 1000000

bench-profile: $(STAMP) ## where each 100 µs of a worker goes, stage by stage (2 min)
	@PYTHONPATH=scripts exec $(BIN)/python -m bench --profile

bench-decision: $(STAMP) ## the CPU of one decision, all the rules applied, on a prescription with 24 past executions (10 s)
	@PYTHONPATH=scripts:tests:tests/model exec $(BIN)/python scripts/decision_cost.py

campaign: $(STAMP) ## the slow proofs: kills, copies, races, clocks, a full disk, restores, fuzz, mutants (an hour or more)
	@exec $(BIN)/python -m pytest -s -ra -p no:randomly -o addopts= --import-mode=importlib tests/campaign

format: $(STAMP) ## let the tools put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(STAMP) ## recompute requirements.lock from requirements.in (hashes, no address)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --upgrade requirements.in -o requirements.lock

clean: ## forget the environment and the local data (asks nothing: the data is a sandbox)
	@rm -rf .venv .setup.lock .ordonum .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
