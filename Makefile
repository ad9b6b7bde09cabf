# Everything a newcomer needs: `make serve` and `make test` set up what they use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help setup serve test check fmt bench build lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

# The runtime lock first; the development lock holds the same versions and adds to them.
$(VENV)/.serve: requirements/serve.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --requirement requirements/serve.txt
	COMMUNIQUE_SRC="$(CURDIR)/src" $(BIN)/python -c "import os, pathlib, sysconfig; \
	  pathlib.Path(sysconfig.get_path('purelib'), 'communique.pth').write_text(os.environ['COMMUNIQUE_SRC'] + '\n')"
	printf '#!/bin/sh\nexec "%s/python" -m communique "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/communique
	chmod +x $(BIN)/communique
	touch $@

$(VENV)/.dev: $(VENV)/.serve requirements/dev.txt
	$(PIP) install --require-hashes --requirement requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@
