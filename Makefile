# Weihub's own commands. Nothing is needed beforehand but make and a Python of at least 3.11.

# The first of these that is new enough makes the environment; 3.12 first, because every dependency has a ready wheel for it.
PYTHONS ?= python3.12 python3.13 python3.11 python3.14 python3 python
PACKAGES := config channels bot replies intents tests bench web/build.py
BIN := .venv/bin
PY := $(BIN)/python

DATA ?= data
ARGS ?=
TESTS ?= tests
WORKERS ?= 2

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint pages wire screenshots bench install clean

help: ## what can be asked here
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  DATA=dir    where \`make run\` keeps its data      (now: $(DATA))"
	@echo "  ARGS=...    more for \`weihub serve\`              make run ARGS='--port 9000'"
	@echo "  TESTS=...   fewer tests for \`make test\`          make test TESTS=tests/house"
	@echo "  WORKERS=n   files of tests side by side           make test WORKERS=1"
	@echo "  PYTHONS=... another Python for a new environment  make run PYTHONS=/opt/python3.12/bin/python3"

run: .venv/.run pages ## start the hub with the demo shop on http://127.0.0.1:8080
	@exec $(BIN)/weihub serve --demo --data $(DATA) $(ARGS)

test: .venv/.dev lint pages ## the whole check: format, lint, types, every test
	@$(PY) web/build.py check
	@echo "== tests, $(WORKERS) files at a time"
	@$(PY) -m tests.prepare
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

lint: .venv/.dev ## ruff and mypy --strict, without the tests
	@echo "== format"
	@$(BIN)/ruff format --check .
	@echo "== lint"
	@$(BIN)/ruff check .
	@echo "== types"
	@$(BIN)/mypy --strict $(PACKAGES)

pages: .venv/.run ## build what people touch, if it changed, with Node of the machine or of a Python package
	@$(PY) web/build.py

wire: .venv/.dev ## write web/src/wire.ts anew from the hub's types
	@$(PY) -m channels.typescript

screenshots: .venv/.dev pages ## take the pictures in docs/pages anew
	@$(PY) -m tests.pages.screenshots

bench: .venv/.dev ## measure, beside the peers; writes docs/benchmarks.md, docs/replies.md and docs/filters.md
	@$(PY) -m bench $(ARGS)
	@$(PY) -m bench.groups
	@$(PY) -m bench.raid
	@$(PY) -m bench.replies
	@$(PY) -m bench.answering
	@$(PY) -W ignore -m bench.filters

install: .venv/.run ## the environment alone, without starting anything

clean: ## remove the environment and every cache; data stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info web/node_modules web/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@older=""; lame=""; chosen=""; \
	for python in $(PYTHONS); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || continue; \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { older="$$older $$python ($$version)"; continue; }; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { lame=$${lame:-$$version}; continue; }; \
	  chosen=$$python; break; \
	done; \
	if [ -n "$$chosen" ]; then \
	  echo "== environment: .venv, with Python $$version"; \
	  "$$chosen" -m venv --clear .venv; \
	elif [ -n "$$lame" ]; then \
	  echo "Python $$lame is here, but it cannot make environments: its venv and ensurepip modules are packaged apart." >&2; \
	  echo "Install them (Debian, Ubuntu: sudo apt install python$${lame%.*}-venv), then run make again." >&2; exit 1; \
	else \
	  echo "Weihub needs Python 3.11 or newer; none of these is one: $(PYTHONS)." >&2; \
	  [ -z "$$older" ] || echo "Too old:$$older." >&2; \
	  echo "Install one (Debian, Ubuntu: sudo apt install python3 python3-venv), or name yours: make run PYTHONS=/path/to/python3" >&2; exit 1; \
	fi

# A Python that was upgraded away leaves a dangling link; what was installed for it is gone too.
$(shell test -x $(PY) || rm -f .venv/.run .venv/.dev)

# A stamp is as new as the last complete installation: nothing is installed again until these two files change.
.venv/.run .venv/.dev: pyproject.toml constraints.txt | $(PY)
	@echo "== packages ($(patsubst .%,%,$(@F))): installed once, and again only when pyproject.toml or constraints.txt change"
	@$(PY) -m pip install --disable-pip-version-check -c constraints.txt -e '.$(EXTRAS)'
	@touch $(STAMPS)

# Node for the pages, where the machine has none that is new enough.
.venv/.run: EXTRAS = [pages]
.venv/.run: STAMPS = .venv/.run
# The benchmark's packages too: mypy reads the benchmark with the rest.
.venv/.dev: EXTRAS = [dev,bench,pages]
.venv/.dev: STAMPS = .venv/.run .venv/.dev
