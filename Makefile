# Bellwether: `make run` serves it, `make test` proves it.

PYTHON := .venv/bin/python
BENCH_RESULTS := --write docs/bench.json --page docs/performance.md

.DEFAULT_GOAL := help
.PHONY: help env env-dev env-bench env-fakesnow run test check lint lock bench bench-rerun

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

env: ## Make .venv from requirements.txt, unless it holds that already
	@tools/env requirements.txt

env-dev: ## The same with what tests and lint need
	@tools/env requirements.txt requirements-dev.txt requirements-snowflake.txt \
		requirements-telemetry.txt

env-bench: env-dev ## The same with the peers that the bench compares with
	@tools/env requirements-bench.txt

env-fakesnow: ## Make .venv-fakesnow, the stand-in for Snowflake that tests talk to
	@tools/env --into .venv-fakesnow requirements-fakesnow.txt

run: env ## Build the demo the first time, then serve on localhost (PORT, 8501)
	@$(PYTHON) -m tools.serve --with-parent

test: lint env-fakesnow ## Check everything: lint, types, all tests, a real browser
	@chromium=$$(tools/chromium) && postgres=$$(tools/postgres) && \
		BELLWETHER_CHROMIUM="$$chromium" BELLWETHER_POSTGRES="$$postgres" \
		$(PYTHON) -m pytest -q -n 2 --dist loadfile

check: lint ## Check what changed since main: lint, types and the tests of its subjects
	@chromium=$$(tools/chromium) && postgres=$$(tools/postgres) && \
		BELLWETHER_CHROMIUM="$$chromium" BELLWETHER_POSTGRES="$$postgres" \
		$(PYTHON) -m pytest -q -n 2 --dist loadfile $$($(PYTHON) -m tools.changed)

lint: env-dev ## Check style, format and types
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy

lock: ## Compile requirements*.txt again from requirements*.in (needs uv)
	@tools/lock

bench: env-bench ## Measure everything against its limits (FAST=1: a short run, nothing committed)
	@chromium=$$(tools/chromium) && BELLWETHER_CHROMIUM="$$chromium" $(PYTHON) -m tests.load \
		$(if $(FAST),--fast --write .bellwether/bench.json,$(BENCH_RESULTS))

bench-rerun: env-dev ## Measure each page's warm rerun against an empty page
	@$(PYTHON) -m tests.load --only rerun $(if $(FAST),--fast)
