# The verbs of this project. Plain `make` prints them.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= var/demo
WORKERS ?= auto
BENCH ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# the locks are complete: nothing is resolved, every file's sum is checked
INSTALL := $(PIP) install --no-deps --require-hashes

PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# compiled files are kept: to compile anew costs every command more than its work (git ignores them)
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test faults lint verify bench lock assets baseline
.DEFAULT_GOAL := help

help:
	@echo "make demo     set up, fill a demonstration database and serve it   (PORT=$(PORT) DATA=$(DATA))"
	@echo "make test     install what tests need, lint, run every test"
	@echo "make lint     ruff, formatting, mypy --strict, import contracts"
	@echo "make faults   kill, cut and fill things up while people buy and are paid, and count what was lost"
	@echo "make verify   check that a database's books, stock and figures agree   (DATA=$(DATA))"
	@echo "make bench    measure pages, orders and imports on both databases, into build/bench.json"
	@echo "make lock     refresh the hash-locked lists in requirements/ and package-lock.json"

demo: .venv/.runtime assets
	$(BIN)/marketplace demo --serve --host $(HOST) --port $(PORT) --data "$(DATA)"

# mypy has work for one core only, so it goes on beside what is fetched and the tests; what it says
# comes last
test: .venv/.dev
	@mkdir -p build; make --no-print-directory lint > build/lint.log 2>&1 & lint=$$!; \
	$(BIN)/python tools/assets.py --tests && $(BIN)/python tools/chromium.py --install \
	&& echo "$(PYTEST)" && $(PYTEST); tested=$$?; \
	wait $$lint; linted=$$?; cat build/lint.log; test $$tested -eq 0 -a $$linted -eq 0

faults: .venv/.dev assets
	$(BIN)/python -m tests.faults

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

verify: .venv/.runtime
	$(BIN)/marketplace verify --data "$(DATA)"

bench: .venv/.dev assets
	$(BIN)/python -m benchmarks $(BENCH)

# until the first release: the one migration anew, from the models
baseline: .venv/.dev
	$(BIN)/python tools/revision.py --baseline

assets: .venv/.runtime
	@$(BIN)/python tools/assets.py

# --universal: one list for every Python and system we support; no line names an address
COMPILE := $(BIN)/uv --no-config --quiet pip compile --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: .venv/.dev
	$(COMPILE) pyproject.toml --group build -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra postgres --extra s3 --extra stripe --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) --group node -o requirements/node.txt
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say which with  make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "venv is missing; type:  sudo apt-get install -y python3-venv"; exit 1; }
	@touch $@

# the project itself: editable, built by the locked hatchling, nothing fetched
.venv/.runtime: .venv/.python requirements/runtime.txt pyproject.toml
	$(INSTALL) -r requirements/runtime.txt
	@mkdir -p static templates/marketplace
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@
