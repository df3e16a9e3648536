# Plenary's commands. `make help` lists them. Nothing is installed outside this folder, nothing but Python is needed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
VENV := .venv
BIN := $(VENV)/bin
# The first Python on this machine that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/python -m pytest
PRODUCTION := DJANGO_SETTINGS_MODULE=plenary.settings.production
PROCESSES ?= 2

# Compiled once, not at every start; clean removes it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run serve worker test test-quick lint test-sqlite test-postgres journeys bench lock messages format clean prepare-tests

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# -- running -----------------------------------------------------------------------------------------------------------
run: $(VENV)/runtime ## everything from a fresh checkout to the running product (HOST, PORT; RELOAD=1 while you edit)
	@exec $(MANAGE) start

serve: $(VENV)/runtime ## the web server with production settings from the environment (docs/how-to/deploy.md)
	@$(PRODUCTION) $(MANAGE) prepare
	@$(PRODUCTION) PYTHONPATH=site:. exec $(BIN)/gunicorn --config site/plenary/settings/web_server.py plenary.wsgi

worker: $(VENV)/runtime ## the background worker beside `make serve`
	@$(PRODUCTION) exec $(MANAGE) work

# -- proving -----------------------------------------------------------------------------------------------------------
test: lint test-postgres journeys test-sqlite ## linters, types, import contract, tests on both databases, browser journeys

test-quick: prepare-tests ## tests on SQLite without the browser and without the slow ones
	$(PYTEST) -m "not journey and not slow" -n $(PROCESSES)

lint: prepare-tests ## style, types, import contract, migrations in step with models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --no-error-summary site/plenary portal registration checkin publicity
	PYTHONPATH=site:. $(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run

test-sqlite: prepare-tests ## tests on SQLite, without the browser
	$(PYTEST) -m "not journey" -n $(PROCESSES)

# TEST_POSTGRES_URL names a server whose user may create databases; else one on this machine is asked.
test-postgres: prepare-tests ## tests on PostgreSQL, where one answers
	@url=$$($(BIN)/python tests/find_postgres.py) && { \
		echo "Tests on PostgreSQL"; \
		DATABASE_URL="$$url" $(PYTEST) -m "not journey" -n $(PROCESSES); \
	} || { [ -z "$$url" ] && echo "No PostgreSQL answers: these tests run on SQLite alone. Set TEST_POSTGRES_URL to run them here."; }

journeys: prepare-tests ## guest, officer, volunteer and journalist in a real browser
	$(PYTEST) -m journey -n $(PROCESSES) --dist loadfile tests/journeys

bench: prepare-tests ## measured speed beside the targets (BENCH_SIZES=1000 for a quick one), the rush for the last places, the crash run
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.rush
	$(BIN)/python -m tests.benchmarks.mailing
	$(BIN)/python -m tests.benchmarks.crash
	$(BIN)/python -m tests.benchmarks.supervision

# -- keeping -----------------------------------------------------------------------------------------------------------
lock: $(VENV)/development ## resolve requirements*.in into the lock files
	$(BIN)/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --output-file requirements.lock requirements.in
	$(BIN)/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --constraint requirements.lock \
		--output-file requirements-dev.lock requirements-dev.in

messages: $(VENV)/development ## find new texts, renew and compile the translations (docs/how-to/translate.md)
	$(MANAGE) messages

format: $(VENV)/development ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what can be made again; the database and uploads in var/ stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist var/static
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# -- environment -------------------------------------------------------------------------------------------------------
$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Plenary needs Python 3.11 or newer; set PYTHON to its path." >&2; exit 1; }
	@echo "Making the virtual environment with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

# Stamps: an installation runs again only when its lock file is newer.
$(VENV)/runtime: requirements.lock | $(BIN)/python
	@[ $(VENV)/development -nt requirements.lock ] || { echo "Installing …"; $(PIP) install --require-hashes -r requirements.lock; }
	@touch $@

$(VENV)/development: requirements-dev.lock | $(BIN)/python
	@echo "Installing …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

prepare-tests: $(VENV)/development
	@$(MANAGE) messages --compile
