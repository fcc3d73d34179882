# Bellwether: `make run` serves it, `make test` proves it.

PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help env env-dev run test lint lock bench-rerun

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

env: ## Make .venv from requirements.txt, unless it holds that already
	@tools/env requirements.txt

env-dev: ## The same with what tests and lint need
	@tools/env requirements.txt requirements-dev.txt requirements-snowflake.txt \
		requirements-telemetry.txt

run: env ## Build the demo the first time, then serve on localhost (PORT, 8501)
	@$(PYTHON) -m tools.serve

test: lint ## Check everything: lint, types, all tests, a real browser
	@chromium=$$(tools/chromium) && BELLWETHER_CHROMIUM="$$chromium" $(PYTHON) -m pytest -q

lint: env-dev ## Check style, format and types
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy

lock: ## Compile requirements*.txt again from requirements*.in (needs uv)
	@tools/lock

bench-rerun: env-dev ## Measure each page's warm rerun against an empty page
	@$(PYTHON) tests/load/rerun.py
