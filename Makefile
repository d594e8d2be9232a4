# setup · run · check · test · browser: what a person types is what CI runs.

# Compiled files are kept, whatever the shell says: processes of ours start often.
export PYTHONDONTWRITEBYTECODE =

# The Python that makes the environment, where it shall not be chosen: PYTHON=python3.12
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
FRONTEND_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
	frontend/index.html frontend/vite.config.ts frontend/package.json

# Node 22 or newer from the system, else the one that came as a Python wheel.
NODE_PATH = $$($(BIN)/python tools/node_path.py)
NPM = PATH="$(NODE_PATH):$$PATH" npm --prefix frontend

.PHONY: setup setup-dev run demo-real check test browser test-tools migrate api clean \
	bench-dicomweb bench-viewer bench-stow-memory bench-active-learning bench-selection

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.txt pyproject.toml
	test -x $(BIN)/python || sh tools/new_environment.sh $(VENV) $(PYTHON)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

setup-dev: $(VENV)/.installed-dev

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | $(VENV)/.installed
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: $(FRONTEND_SOURCES) frontend/node_modules/.installed
	$(NPM) run --silent build
	@touch $@

run: setup frontend/dist/index.html
	@$(BIN)/collimate up

demo-real: setup frontend/dist/index.html
	@test -n "$(IMAGES)" || { echo "Say where the images are: make demo-real IMAGES=path"; exit 2; }
	@$(BIN)/collimate up --demo-images "$(IMAGES)"

migrate: setup
	@$(BIN)/collimate migrate

api: setup
	$(BIN)/collimate openapi > frontend/openapi.json
	$(NPM) run --silent api
	$(BIN)/python tools/server_texts.py

check: setup-dev frontend/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check
	# Of all tests, so that it is seen that each can be loaded.
	$(BIN)/pytest -k test_house_rules

# A lane more than cores, since tests also wait; each with a database of its own. A file stays in
# one lane, browsers in one.
LANES = --numprocesses $$(( $$(nproc) + 1 )) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-tools: setup-dev
	sh tools/install_test_tools.sh

# The house rules are for `make check`. Memory in large pages (Linux gives them to who asks) saves
# the processes we start a tenth of their time.
test: export GLIBC_TUNABLES = glibc.malloc.hugetlb=1
test: test-tools frontend/dist/index.html
	$(NPM) run --silent test
	$(BIN)/pytest $(LANES) --ignore tests/test_house_rules.py

browser: test-tools frontend/dist/index.html
	$(BIN)/pytest $(LANES) -m browser

# ARGS=--quick for a short one; Orthanc is installed from Debian where that is allowed.
bench-dicomweb: setup
	$(BIN)/python bench/dicomweb.py $(ARGS)

# ARGS="--gib 0.5" for a smaller body.
bench-stow-memory: setup
	$(BIN)/python bench/stow_memory.py $(ARGS)

# ARGS=--full for a stack of 1,000 slices as well.
bench-viewer: test-tools frontend/dist/index.html
	PATH="$$($(BIN)/python tools/node_path.py):$$PATH" npm --prefix frontend run --silent build:peer
	$(BIN)/python bench/viewer.py --write $(ARGS)

# ARGS=--full for every arm, pool and 50 seeds; --resume goes on after an interruption.
bench-active-learning: $(VENV)/.installed-bench
	$(BIN)/python bench/active_learning.py --write $(ARGS)

bench-selection: $(VENV)/.installed-bench
	$(BIN)/python bench/selection.py --write $(ARGS)

$(VENV)/.installed-bench: $(VENV)/.installed-dev requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-bench.txt
	@touch $@

clean:
	rm -rf $(VENV) frontend/node_modules frontend/dist
