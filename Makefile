# Mamori. `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 3978

# A service that is started again has its byte code, and so have the tests.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help demo install test lint format screenshots gallery-slack e2e-slack e2e-teams bench-teams bench-clocks chaos simulate thefts simulate-crashes simulate-mutants locks clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo: $(VENV)/.run ## Install and open the demo: a phone, the desk and a site in one page
	PORT=$(PORT) $(BIN)/python -m bot demo

install: $(VENV)/.run ## Install what `mamori serve` needs: docs/serving.md

test: $(VENV)/.dev ## Install and run every test, with a real browser and a real PostgreSQL
	$(BIN)/python -m tests.support.chromium --install
	$(BIN)/python -m pytest -n 3 --dist loadgroup --ignore tests/e2e/slack --ignore tests/e2e/teams $(ARGS)

e2e-slack: $(VENV)/.dev ## The story against somebody else's Slack, from npm; needs Node, else it is skipped
	$(BIN)/python -m pytest -rs tests/e2e/slack $(ARGS)

e2e-teams: $(VENV)/.dev ## Teams in Microsoft's own test client and card renderer, fetched from npm
	$(BIN)/python -m tests.support.chromium --install
	$(BIN)/python -m pytest tests/e2e/teams -rs $(ARGS)

lint: $(VENV)/.dev ## Style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Put the code into its one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/.dev ## Draw every employee screen and the demo, in each language, to .artefacts
	$(BIN)/python -m tests.support.chromium --install
	$(BIN)/python -m tests.screenshots $(ARGS)

gallery-slack: $(VENV)/.dev ## Draw every screen of Slack in both languages, to .artefacts/slack; needs Node
	$(BIN)/python -m tests.support.chromium --install
	$(BIN)/python -m tests.gallery $(ARGS)

bench-clocks: $(VENV)/.dev ## What a million open cases cost: one line of figures, after some minutes
	$(BIN)/python -m tests.bench.clocks $(ARGS)

simulate: $(VENV)/.dev ## DAYS=1000 SEED=1 days of the whole service with every fault, judged by what people see
	@$(BIN)/python -m tests.simulation --days $(or $(DAYS),1000) --seed $(or $(SEED),1)

thefts: $(VENV)/.dev ## Steal everything in the theft table from a thousand reports of each kind, and look
	@$(BIN)/python -m tests.thefts $(ARGS)

bench-teams: $(VENV)/.dev ## CPU of a Teams turn on each SDK, as ratios to bare botbuilder
	$(BIN)/python -m tests.bench.turns

chaos: $(VENV)/.dev ## kill -9 under load, KILLS=200 times on each database; a line of figures for each
	$(BIN)/python -m tests.chaos

simulate-mutants: $(VENV)/.dev ## Plant each bug of tests/simulation/mutants and see whether a world complains
	$(BIN)/python -m tests.simulation.mutate $(ARGS)

simulate-crashes: $(VENV)/.dev ## Crash at every await of every scenario, and twice at PAIRS=500 pairs of each
	$(BIN)/python -m tests.simulation.crashes --pairs $(or $(PAIRS),500)

locks: $(VENV)/.dev ## Pin every dependency anew, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet pyproject.toml --group build -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet pyproject.toml --group build --group dev -c requirements.txt \
		-o requirements-dev.txt

clean: ## Remove what was installed and made here; the demo's data too
	rm -rf $(VENV) .demo .artefacts

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		(echo "Mamori needs Python 3.11 to 3.13. Type: make PYTHON=python3.11 <target>"; exit 1)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
