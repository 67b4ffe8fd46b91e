# 试金 · Assay. Needs Python 3.11 or newer and make; the first run downloads packages, later ones need no network.

# The newest Python that really runs (a shim may be on PATH without one behind it).
find_python = for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$name"; break; fi; done
PYTHON = $(shell $(find_python))
INSTALL = $(or $(PYTHON),$(error Python 3.11 or newer is not on PATH)) -I config/install.py
RUN = exec .venv/bin/python -m

.DEFAULT_GOAL := help
.PHONY: help install demo test prove lint clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

install: ## install the locked packages into .venv, those for development too
	@$(INSTALL) requirements-dev.txt

demo: ## start a seeded plant on this machine (PORT=8000 DATA=folder-to-keep SEED="--people 500"; LAN=1: HTTPS for phones)
	@$(INSTALL) requirements.txt
	@$(RUN) config.servers.demo --with-parent

test: install ## run every check and test (ARGS="-k name" goes to pytest)
	@$(RUN) config.checks $(ARGS)

prove: install ## run the proofs in full and write docs/proofs.md
	@$(RUN) config.proofs $(ARGS)

lint: install ## mend what ruff can mend, and format
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

clean: ## remove what the other targets made
	@rm -rf .venv .venv.lock var staticfiles test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache
	@find . -name '*.mo' -delete
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
