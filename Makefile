# Everything one does with this repository. Each target does its own set-up: a bare machine needs Python >= 3.11, pip and git.

PYTHON ?= python3
# Twice as many as two cores: many tests wait for a server of theirs.
WORKERS ?= 4
UV ?= uv

BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
COMPILE := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-strip-extras --universal --python-version 3.11 $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- See it, run it -----------------------------------------------------------------------------

demo: .venv/.ready-to-run ## Show the whole thing on this machine, without GitHub (ARGS=--once: run through and exit)
	@$(BIN)/ghapp demo $(ARGS)

serve: .venv/.ready-to-run ## Run the server with the settings of the environment (docs/install.md)
	@$(BIN)/ghapp serve $(ARGS)

replay: .venv/.ready-to-run ## Have a delivery answered once more (guid=…: its check run names it)
	@$(BIN)/ghapp replay "$(guid)"

register: .venv/.ready-to-run ## Print the link that registers the App (URL=https://… ORG=…; GITHUB=https://… for Enterprise Server)
	@$(BIN)/python scripts/register.py "$(URL)" "$(ORG)" "$(GITHUB)"

image: ## Build the container image
	docker build --tag ghapp .

# --- Work on it ---------------------------------------------------------------------------------

setup: .venv/.ready-to-test ## Set up for working on it: dependencies and commit hooks
	@$(BIN)/pre-commit install

test: .venv/.ready-to-test ## Run the tests (ARGS='-k word': some of them)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types imports fresh covered-test ## Everything that CI runs

lint: .venv/.ready-to-test ## Format and style
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff --quiet .; exit 1; }
	@$(BIN)/ruff check --quiet .

types: .venv/.ready-to-test ## Types, strictly
	@$(BIN)/basedpyright

imports: .venv/.ready-to-test ## Imports go one way through the house
	@$(BIN)/lint-imports

fresh: .venv/.ready-to-run ## The generated pages are those of the rules
	@$(BIN)/python scripts/docs.py --check

# `pytest --cov` ends red when a line or branch of pipeline, rules or report was not run: [tool.coverage.report].
covered-test: .venv/.ready-to-test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov $(ARGS)

format: .venv/.ready-to-test ## Mend format and style
	@$(BIN)/ruff check --quiet --fix . && $(BIN)/ruff format --quiet .

rule: .venv/.ready-to-run ## Write the skeleton of a new rule (id=name-of-the-failure)
	@$(BIN)/python scripts/new_rule.py "$(id)"

facts: .venv/.ready-to-run ## Renew the versions that the rules suggest (ONLY="trivy checkov": some of them); read the diff
	@$(BIN)/python scripts/facts.py $(ONLY)

docs: .venv/.ready-to-run ## Write docs/rules and the README's table from the rules
	@$(BIN)/python scripts/docs.py

picture: .venv/.ready-to-run ## Take the pictures of README and docs anew from the demo's pages (needs chromium)
	@$(BIN)/python scripts/picture.py

golden: .venv/.ready-to-test ## Write the expected texts of tests/report anew; read the diff before you commit it
	@GOLDEN=write $(BIN)/python -m pytest -q -p no:randomly tests/report

bench: .venv/.ready-to-bench ## Measure on a folder of real CI files (CORPUS=folder)
	@$(BIN)/python -m bench.corpus "$(CORPUS)"
	@$(BIN)/python -m bench.slowest "$(CORPUS)"
	@$(BIN)/python -m bench.labels "$(CORPUS)"
	@$(BIN)/python -m bench.edits "$(CORPUS)"
	@$(BIN)/python -m bench.identity "$(CORPUS)"

latency: .venv/.ready-to-test ## Measure from the webhook to the review, and a noisy installation beside quiet ones
	@$(BIN)/python -m bench.review_latency
	@$(BIN)/python -m bench.fairness

requirements: ## Pin the dependencies of pyproject.toml (needs uv; UPGRADE=--upgrade: newest versions)
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
	$(COMPILE) --group bench -o requirements/bench.txt
	$(COMPILE) requirements/build.in -c requirements/dev.txt -o requirements/build.txt

clean: ## Remove what the other targets made
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage build dist

# --- Set-up: one virtual environment, a stamp for each layer in it ---------------------------------

# Debian without python3-venv has venv but no ensurepip: then the pip outside puts one inside.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("ghapp needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.13 ...")'
	@echo "Setting up .venv (once)"
	@$(PYTHON) -m venv --clear .venv >.venv.log 2>&1 \
	  || { $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python $@ install --quiet pip; } \
	  || { cat .venv.log; rm -rf .venv .venv.log; exit 1; }
	@rm -f .venv.log

.venv/.ready-to-run: requirements/base.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "Installing the dependencies"
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes -r requirements/base.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-to-test: .venv/.ready-to-run requirements/dev.txt
	@echo "Installing what the tests need"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.ready-to-bench: .venv/.ready-to-test requirements/bench.txt
	@$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@

.PHONY: bench check clean covered-test demo docs facts format fresh golden help image imports latency lint picture register replay \
  requirements rule serve setup test types
