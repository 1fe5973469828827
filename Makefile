# `make` alone lists what there is. Everything runs in .venv, made from requirements.lock when that changed.

PYTHON ?= python3
WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin

# What is installed is known by its contents, not by dates, which a fresh checkout does not keep. The path counts too:
# the programs in a virtual environment name the folder they were made in.
LOCKED := $(VENV)/.locked-$(shell (pwd; cat requirements.lock) | cksum | cut -d' ' -f1)
INSTALLED := $(VENV)/.installed-$(shell (pwd; cat requirements.lock pyproject.toml) | cksum | cut -d' ' -f1)

# What is measured beside us has an environment of its own: nothing of it belongs to the product.
PEERS_VENV := .venv-bench
PEERS := $(PEERS_VENV)/.locked-$(shell (pwd; cat benchmarks/peers.lock) | cksum | cut -d' ' -f1)

# What looks at our dependencies from outside has an environment of its own, so that nothing of it is installed with zi.
SECURITY := build/security
SECURED := $(SECURITY)/.locked-$(shell (pwd; cat tools/security.lock) | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help install demo try-many test test-postgres soak check lock catalogues bench bench-web pictures advisories \
	sbom clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv, if it is not there or no longer right

demo: $(INSTALLED) ## show the main job with made-up data
	@$(BIN)/zi demo

try-many: $(INSTALLED) ## show two workers sharing the work, on this machine; needs PostgreSQL or ARGS="--postgres URL"
	@$(BIN)/python -m tools.try_many $(ARGS)

test: $(INSTALLED) ## run the tests; ARGS="-k word" picks some, WORKERS=1 runs them one after another
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-postgres: $(INSTALLED) ## run all tests on PostgreSQL, also those that take SQLite to save time
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --database postgresql $(ARGS)

soak: $(INSTALLED) ## long tests, an hour; ZI_TEST_SOAK_CASES=100 and ZI_TEST_SOAK_MESSAGES=1000 take fewer
	@ZI_TEST_SOAK=1 $(BIN)/pytest -n $(WORKERS) tests/soak tests/flows/test_many.py $(ARGS)

check: $(INSTALLED) ## lint, formatting, types, direction of imports, catalogues
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python tools/compile_catalogues.py --check
	@$(BIN)/python tools/draw_process.py --check

catalogues: $(INSTALLED) ## compile the message catalogues (.po to .mo)
	@$(BIN)/python tools/compile_catalogues.py

bench: $(INSTALLED) $(PEERS) ## measure everything, over an hour, for docs/performance.md; ARGS="--only moves" takes one topic, --quick little
	@$(BIN)/python -m benchmarks $(ARGS)

bench-web: $(INSTALLED) ## measure the pages: 200 people for a minute, 30,000 candidacies
	@$(BIN)/python -m benchmarks.web $(ARGS)

pictures: $(INSTALLED) ## for maintainers, needs Chromium: take the pictures in docs/images
	@$(BIN)/python tools/take_pictures.py

advisories: $(SECURED) ## look up known advisories for all that the lock pins; ARGS="--vulnerability-service osv"
	@$(SECURITY)/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict \
		--progress-spinner off $(ARGS)

sbom: $(INSTALLED) $(SECURED) ## write build/sbom.cdx.json: what is installed with zi, its licences and hashes
	@$(SECURITY)/bin/python tools/make_sbom.py $(BIN)/python build/sbom.cdx.json

lock: ## for maintainers, needs uv: pin what pyproject.toml asks for; ARGS=--upgrade takes newer releases
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --output-file requirements.lock $(ARGS)
	@uv pip compile tools/security.in --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --output-file tools/security.lock $(ARGS)
	@uv pip compile benchmarks/peers.txt --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --output-file benchmarks/peers.lock $(ARGS)

clean: ## remove .venv and everything else that was made here
	@rm -rf $(VENV) $(PEERS_VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A new lock means a new .venv, so that nothing stays behind that the lock no longer has.
$(LOCKED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "zi needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make PYTHON=/path/to/python3.12"; exit 1; } >&2
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) can't make virtual environments; on Debian and Ubuntu: apt-get install python3-venv"; \
		exit 1; } >&2
	@echo "Installing into $(VENV), about a minute, once ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED)
	@rm -f $(VENV)/.installed-*
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check --disable-pip-version-check >$(VENV)/check.log || { cat $(VENV)/check.log; exit 1; } >&2
	@touch $@

$(PEERS): $(LOCKED)
	@echo "Installing what is measured beside us into $(PEERS_VENV), once ..."
	@$(PYTHON) -m venv --clear $(PEERS_VENV)
	@$(PEERS_VENV)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r benchmarks/peers.lock
	@touch $@

$(SECURED):
	@echo "Installing the tools into $(SECURITY), once ..."
	@$(PYTHON) -m venv --clear $(SECURITY)
	@$(SECURITY)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r tools/security.lock
	@touch $@
