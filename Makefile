# Every command of the project; each can be run again at any time. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo install test test-long test-spark bench audit lock clean

PORT ?= 8501
PY := .venv/bin/python

# An installation is done once for each content of its lock: a changed lock has another stamp.
stamp = .venv/.$(1)-$(shell cat $(2) pyproject.toml | cksum | cut -d ' ' -f 1)
RUN_TIME := $(call stamp,run-time,requirements.txt)
DEV := $(call stamp,dev,requirements-dev.txt)

help:
	@echo "make demo        build the sample warehouse and serve the dashboard at http://localhost:$(PORT) (PORT=...)"
	@echo "make install     what the dashboard needs, and no more"
	@echo "make test        everything that a change must pass: 15 minutes at most, once installed"
	@echo "make test-long   the same tests at full numbers (SEED=... repeats a run); writes tests/long-result.txt"
	@echo "make test-spark  four unit queries on Spark give the same rows: needs Java 17; installs pyspark (450 MB) into .spark"
	@echo "make bench       every comparison on the national world, beside what it would otherwise be done with: hours, and"
	@echo "                 30 GB of disk (WORLD=national/16 for a part); writes benchmarks/RESULTS.md"
	@echo "make audit       ask the public list of advisories about every locked package (needs a network)"
	@echo "make lock        pin what pyproject.toml asks for, with hashes (UPGRADE=--upgrade for the newest)"
	@echo "make clean       remove the environment and the tools' caches, never builds or identities"

# It says where the dashboard is once there is one: the sample is built first, the first time.
demo: $(RUN_TIME)
	@exec .venv/bin/ppo demo --port $(PORT)

# For where it is set up: root installs, and runs nothing of it.
install: $(RUN_TIME)

test: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m pyright
	@set -o pipefail; browser=$$($(PY) tests/find_browser.py); \
	set -x; PPO_BROWSER="$$browser" $(PY) -m pytest -n auto --dist worksteal

# It takes hours. Stopped, it goes on where it was when it is run again on the same commit.
test-long: $(DEV)
	$(PY) -m tests.long_run $(SEED)

define NO_JAVA
Java 17 or newer is needed to run Spark, and none was found: neither `java` on PATH nor JAVA_HOME/bin/java.
Install one (on Debian or Ubuntu: apt-get install openjdk-17-jre-headless), or say where it is:
make test-spark JAVA_HOME=/path/to/java
endef
export NO_JAVA

# In a folder of its own: pyspark is as large as everything else together, and nothing but this command needs it.
SPARK := .spark/.installed-$(shell cat requirements-spark.txt | cksum | cut -d ' ' -f 1)
$(SPARK): $(DEV)
	@echo "Installing $$(grep -c '^[a-z]' requirements-spark.txt) packages from requirements-spark.txt"
	@rm -rf .spark
	@$(PY) -m pip --disable-pip-version-check install -qq --require-hashes --no-deps --no-build-isolation \
		--target .spark -r requirements-spark.txt || { echo "$$NOT_INSTALLED" >&2; exit 1; }
	@touch $@

test-spark: java $(SPARK)
	PYTHONPATH=.spark $(PY) -m pytest -n0 -o addopts="--strict-markers --strict-config -ra" tests/spark

.PHONY: java
java:
	@java="$${JAVA_HOME:+$$JAVA_HOME/bin/}java"; \
	version=$$("$$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1) || true; \
	[ "$${version:-0}" -ge 17 ] || { echo "$$NO_JAVA" >&2; exit 1; }

# The world and its build are kept in .bench: a second run uses them again. ONLY=1,2 runs those bars alone.
WORLD ?= national
bench: $(DEV)
	$(PY) -m benchmarks.run --world "$(WORLD)" $(if $(ONLY),--only $(ONLY))

# The run-time lock alone: it is what serves. `make test` holds, with no network, that what is installed is the lock.
audit: $(DEV)
	$(PY) -m pip_audit --require-hashes --disable-pip --progress-spinner off -r requirements.txt

# Pins that still fit are kept; `make lock UPGRADE=--upgrade` takes the newest.
# --universal: one lock for every system and Python. uv writes no host name unless told to: any registry will do.
COMPILE := uv pip compile pyproject.toml --generate-hashes --no-header --universal \
	--python-version 3.11 --quiet --group build $(UPGRADE)
lock: $(DEV)
	PATH="$$PWD/.venv/bin:$$PATH"; $(COMPILE) --output-file requirements.txt
	PATH="$$PWD/.venv/bin:$$PATH"; $(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	PATH="$$PWD/.venv/bin:$$PATH"; uv pip compile --group spark --generate-hashes --no-header --universal \
		--python-version 3.11 --quiet $(UPGRADE) --output-file requirements-spark.txt

clean:
	rm -rf .venv .spark .pytest_cache .ruff_cache .hypothesis test-results *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── Installing ──────────────────────────────────────────────────────────────────────────────────

define NO_PYTHON
Python 3.11 or newer is needed, and none was found as: $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14).
Install one (on Debian or Ubuntu: apt-get install python3.11 python3.11-venv), or say where it is:
make PYTHON=/path/to/python3.11
endef

define NO_VENV
This Python cannot make a virtual environment: its venv module is missing or incomplete.
Install it (on Debian or Ubuntu: apt-get install python3-venv), or name another Python:
make PYTHON=/path/to/python3.11
endef

define OLD_VENV
The environment in .venv is older than Python 3.11, or incomplete. Remove it with `make clean` and run this again.
endef

define NOT_INSTALLED
The packages could not be installed; the reason stands above. A package registry must be within reach,
directly or through the settings of pip (`python3 -m pip config list`). Nothing is lost: run this again.
endef

export NO_PYTHON NO_VENV OLD_VENV NOT_INSTALLED

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'

# Not a file target: an environment that is there and good is left alone, whoever made it.
.PHONY: environment
environment:
	@if [ ! -e $(PY) ]; then \
		found=; \
		for candidate in $(or $(PYTHON),python3 python3.11 python3.12 python3.13 python3.14); do \
			if "$$candidate" $(NEW_ENOUGH) 2>/dev/null; then found=$$candidate; break; fi; \
		done; \
		[ -n "$$found" ] || { echo "$$NO_PYTHON" >&2; exit 1; }; \
		echo "Making the environment .venv with $$("$$found" --version)"; \
		"$$found" -m venv .venv >&2 || { rm -rf .venv; echo "$$NO_VENV" >&2; exit 1; }; \
	fi; \
	$(PY) $(NEW_ENOUGH) && $(PY) -c 'import pip' || { echo "$$OLD_VENV" >&2; exit 1; }

# uv where it is at hand (seconds), else pip (about a minute): the same lock, every hash checked.
# The project itself is built by the locked setuptools, so nothing outside the lock is fetched.
define install
	@echo "Installing $$(grep -c '^[a-z]' $(1)) packages from $(1)"; \
	if command -v uv >/dev/null; then \
		installer="uv pip install --quiet --python $(PY)"; \
	else \
		installer="$(PY) -m pip --disable-pip-version-check install -qq"; \
	fi; \
	{ $$installer --require-hashes -r $(1) && $$installer --no-deps --no-build-isolation -e .; } \
		|| { echo "$$NOT_INSTALLED" >&2; exit 1; }; \
	rm -f .venv/.$(2)-*; touch $@
endef

$(RUN_TIME): | environment
	$(call install,requirements.txt,run-time)

$(DEV): | environment
	$(call install,requirements-dev.txt,dev)
