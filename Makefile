# Everything a newcomer needs. `make serve` and `make test` set up what they use.
PYTHON ?= python3
PORT ?= 8080
ROOM ?= linking
BIN := .venv/bin
INSTALL := $(BIN)/python requirements/install.py
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help setup serve test test-slow check fmt docs mutate picture bench build audit sbom lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1 — /p' Makefile

# Bytecode halves the start of the processes that parse files one by one, and of the tests.
unexport PYTHONDONTWRITEBYTECODE

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/serve.stamp: requirements/serve.txt pyproject.toml | $(BIN)/python
	@$(INSTALL) requirements/serve.txt
	@touch $@

# What it takes to serve is a part of this lock.
.venv/dev.stamp: requirements/dev.txt requirements/serve.txt pyproject.toml | $(BIN)/python
	@$(INSTALL) requirements/dev.txt
	@touch .venv/serve.stamp $@

setup: .venv/dev.stamp ## create .venv with everything to develop

serve: .venv/serve.stamp ## build the graph and serve it on http://127.0.0.1:8080 (PORT=…)
	$(BIN)/communique build
	$(BIN)/communique serve --port $(PORT)

test: .venv/dev.stamp ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup -m "not slow"

test-slow: .venv/dev.stamp ## run the tests that map and judge whole data sets
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup -m slow

check: .venv/dev.stamp ## lint, types, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: .venv/dev.stamp ## format the code and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/serve.stamp ## write the reference pages of the ontology into docs/ontology/
	$(BIN)/python -m communique.api.offline docs/ontology

mutate: .venv/dev.stamp ## change the code of a room and list the changes that no test notices (ROOM=…, needs mutmut)
	$(BIN)/python -m bench.mutating $(ROOM)

picture: .venv/serve.stamp ## draw the network of the README from the published graph
	$(BIN)/python docs/picture.py > docs/network.svg.new
	mv docs/network.svg.new docs/network.svg

bench: .venv/dev.stamp ## measure, side by side in one run
	$(BIN)/python -m bench

build: .venv/dev.stamp ## wheel and source distribution into dist/
	$(BIN)/python -m build --no-isolation

audit: .venv/dev.stamp ## ask advisory services about the packages of the lock (needs a network)
	$(BIN)/python requirements/audit.py

sbom: ## write the bill of materials of what serves to dist/communique.cdx.json
	mkdir -p dist
	$(PYTHON) requirements/bill.py < requirements/serve.txt > dist/communique.cdx.json

lock: ## renew the locks (needs uv)
	$(LOCK) --extra dev pyproject.toml --output-file requirements/dev.txt
	$(LOCK) --extra backend --constraints requirements/dev.txt pyproject.toml --output-file requirements/serve.txt

clean: ## remove what make made, but not the data in var/
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
