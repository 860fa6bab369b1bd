# Deliberation Inspector. Everything needs only Python 3.11 or newer (with venv and pip) and make.
#
#   make run     starts everything on this machine:  http://127.0.0.1:8000
#   make test    runs the whole suite, with a Postgres, a Redis and a browser of its own
#   make lint    the part of it that reads the code: ruff, mypy, contracts, budgets
#   make words   brings the catalogues of the languages up to date with the sources
#   make pictures  takes the pictures of the documentation again, of a real inspector with its demo
#   make lock    pins the newest versions that requirements*.in allow, with their hashes
#   make clean   removes .venv and caches; the data in .data stays

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test lint words pictures lock clean check-python install install-test

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
RUN_LIST := $(VENV)/run.txt
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Compiled afterwards by all cores: pip uses one.
PIP_INSTALL := $(PIP) install --require-hashes --no-deps --no-compile --progress-bar off
COMPILE_ALL := $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib

# A shim that answers to a name may still lead nowhere, so each is tried for real.
FIND_PYTHON = for name in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  name=; \
	done
# One line for each package while pip works, instead of minutes of silence.
SHOW = { n=0; while read -r word package rest; do case "$$word $$rest" in \
	  Collecting*) n=$$((n + 1)); printf '\r\033[K  %d  %s' $$n "$$package";; \
	  Installing*) printf '\r\033[K  unpacking %d packages\n' $$n;; \
	  *ERROR*|*"rror:"*|*"o space left"*) printf '\n%s %s %s' "$$word" "$$package" "$$rest";; \
	esac; done; }

help:
	@sed -n '2,10s/^# \{0,1\}//p' Makefile

run: install
	@exec $(BIN)/python manage.py up

test: install-test
	@$(BIN)/python -m tests.chromium
	@exec $(BIN)/python -m tests.lanes

lint: install-test
	@exec $(BIN)/python -m pytest -q tests/architecture

# Says how many messages are without a translation, and fails while there is one.
words: install-test
	@exec $(BIN)/python -m tests.catalogue

pictures: install-test
	@exec $(BIN)/python -m tests.pictures

install: $(VENV)/run.stamp

install-test: $(VENV)/test.stamp

$(VENV)/run.stamp: $(LOCK) sdk/pyproject.toml | check-python
	@$(MAKE_VENV)
	@echo "Installing what requirements.lock pins (once) …"
	@sed '/^# -- test --/,$$d' $(LOCK) > $(RUN_LIST)
	@$(call INSTALL,$(RUN_LIST))
	@touch $@

$(VENV)/test.stamp: $(LOCK) $(VENV)/run.stamp
	@echo "Installing what the tests need besides (once) …"
	@$(call INSTALL,$(LOCK))
	@touch $@

# The same interpreter as before, or a new environment: one made by another Python is of no use.
define MAKE_VENV
$(FIND_PYTHON); \
if ! $(BIN)/python -c 'import pip' 2>/dev/null; then \
  echo "Making $(VENV) with $$name …"; \
  rm -rf $(VENV); \
  $$name -m venv $(VENV) 2> venv.log || { tail -n 1 venv.log; rm -rf $(VENV) venv.log; \
    echo "This Python has no venv or pip: install them (Debian: apt install python3-venv)."; exit 1; }; \
  rm -f venv.log; \
fi
endef

define INSTALL
log=$(VENV)/pip.log; \
{ $(PIP_INSTALL) -r $(1) 2>&1; echo $$? > $(VENV)/pip.rc; } | tee $$log | $(SHOW); \
if [ "$$(cat $(VENV)/pip.rc)" != 0 ]; then \
  if grep -qE "gcc|[Cc]ompil|Failed building" $$log; then \
    echo "A package had to be built and could not: install a C compiler (Debian: apt install build-essential python3-dev)."; \
  elif grep -qi "no space left" $$log; then echo "The disk is full; free about 1 GB and try again."; \
  elif grep -qE "No matching distribution|ConnectionError|Temporary failure|timed out" $$log; then \
    echo "A package could not be fetched; is there a network? The whole story is in $$log."; \
  else echo "Installing failed; the whole story is in $$log."; fi; \
  exit 1; \
fi; \
$(PIP) install --quiet --no-deps --no-build-isolation -e ./sdk && { $(COMPILE_ALL) || true; }
endef

check-python:
	@$(FIND_PYTHON); if [ -z "$$name" ]; then \
	  echo "Python 3.11 or newer is needed; found: $$(python3 --version 2>&1 || echo none)."; exit 1; \
	fi

COMPILE := $(BIN)/python -m piptools compile --quiet --generate-hashes --no-header --no-annotate \
	--strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --no-emit-options

# Two sections in one file: what runs, and after the marker what only tests need.
lock: install-test
	@$(COMPILE) --upgrade -o $(VENV)/lock.run requirements.in
	@$(COMPILE) -c $(VENV)/lock.run -o $(VENV)/lock.all requirements.in requirements-test.in
	@{ echo "# -- run -- made by \`make lock\`"; grep -v '^#' $(VENV)/lock.run; \
	  echo "# -- test -- \`make run\` does not install what follows"; \
	  awk '/==/ {show = !(FNR != NR && ($$1 in seen)); if (FNR == NR) seen[$$1] = 1} \
	    FNR != NR && show && !/^#/' $(VENV)/lock.run $(VENV)/lock.all; } > $(LOCK)

clean:
	rm -rf $(VENV) .ruff_cache .mypy_cache .pytest_cache .import_linter_cache .hypothesis
