# `make report` and `make test` are all that a newcomer needs: both build .venv from the pinned versions first.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
MONTH ?= 2021-06
DATA ?= data/samples/zhuzhou
OUT ?= report
LANGUAGE ?= zh+en
# two processes fit the smallest machine; each reckons on one core, and a file of tests stays in one process
WORKERS ?= 2
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help study-origin study-amounts study-levels study-sewer report test kill-test mutants versions nightly lint format bench docs notebooks data \
  pictures clean

help:
	@echo "make report     the monthly report: DATA=$(DATA) MONTH=$(MONTH) OUT=$(OUT) LANGUAGE=$(LANGUAGE)"
	@echo "make test       every test except the nightly ones, in WORKERS=$(WORKERS) processes"
	@echo "make lint       style, types and the direction of imports"
	@echo "make mutants    wrong decisions that a room's tests must notice: ROOM=conversion (all rooms), SAMPLE=120 (or all)"
	@echo "make versions   the suite on the lowest, pinned and newest versions and each Python found: SET=lowest ON=3.11 KEEP=folder TESTS=tests/units"
	@echo "make docs       the documentation site, into docs/_build/html"
	@echo "make notebooks  run every notebook on a copy"
	@echo "make attacks    attack public editions of the sample city and of made-up ones, with a score"
	@echo "make bench      the measurements behind the documented speeds (DOCS=--docs writes them into the page)"
	@echo "make study-amounts  coverage of measured amounts on simulated cities and European weeks (many minutes)"
	@echo "make study-origin   labelled cases, ordinary weeks, shares with a known truth (minutes)"
	@echo "make study-levels   coverage, ranks, trends and steps of levels on simulated cities (many minutes)"
	@echo "make study-sewer    visits and honesty of searches in simulated sewers (many minutes)"
	@echo "make nightly    the long studies, and every test with new random examples"
	@echo "make redo       redo published results from their own inputs, into docs/published-results.md"
	@echo "make kill-test  kills runs, fills disks, starts two at once: the last good output must stand"
	@echo "make data       write the synthetic sample set again;  make pictures  the pictures of the README"

report: $(VENV)/.has-all
	$(VENV)/bin/wbe report "$(DATA)" --month "$(MONTH)" -o "$(OUT)" --language "$(LANGUAGE)"

test: $(VENV)/.has-dev
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

study-sewer: $(VENV)/.has-all
	$(PY) scripts/study_sewer.py --out docs/studies/sewer.txt

.PHONY: redo
redo: $(VENV)/.has-all
	$(PY) scripts/redo_published.py

kill-test: $(VENV)/.has-all
	$(PY) scripts/kill_test.py $(if $(PARTS),--parts $(PARTS))

nightly: $(VENV)/.has-dev
	$(PY) -m pytest -m nightly
	HYPOTHESIS_PROFILE=searching $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

mutants: $(VENV)/.has-dev
	$(PY) scripts/mutants.py $(if $(ROOM),--room $(ROOM)) $(if $(filter all,$(SAMPLE)),--all,--sample $(or $(SAMPLE),120)) \
	  $(if $(RECORD),--record $(RECORD))

versions:
	$(PYTHON) scripts/versions.py $(if $(SET),--set $(SET)) $(if $(ON),--python $(ON)) $(if $(KEEP),--keep $(KEEP)) $(if $(TESTS),--tests $(TESTS))

lint: $(VENV)/.has-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.has-dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

.PHONY: attacks
attacks: $(VENV)/.has-dev
	$(PY) scripts/attacks.py

bench: $(VENV)/.has-dev
	$(PY) -m pytest bench -q --benchmark-timer=time.process_time --benchmark-disable-gc --benchmark-sort=name \
	  --benchmark-columns=min,median,rounds $(DOCS)
	$(PY) bench/amounts.py | tee docs/studies/amounts_speed.txt
	$(PY) bench/levels.py | tee docs/studies/levels_speed.txt
	$(PY) bench/report.py | tee docs/studies/report_speed.txt

study-amounts: $(VENV)/.has-dev
	@mkdir -p docs/studies
	$(PY) studies/amounts.py | tee docs/studies/amounts.txt

study-origin: $(VENV)/.has-dev
	@mkdir -p docs/studies
	$(PY) studies/origin.py | tee docs/studies/origin.txt

study-levels: $(VENV)/.has-dev
	@mkdir -p docs/studies
	$(PY) studies/levels.py | tee docs/studies/levels.txt

docs: $(VENV)/.has-docs
	$(VENV)/bin/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

notebooks: $(VENV)/.has-dev
	$(PY) scripts/run_notebooks.py notebooks

data: $(VENV)/.has-all
	$(PY) scripts/make_zhuzhou.py

pictures: $(VENV)/.has-all
	$(PY) scripts/make_pictures.py

clean:
	rm -rf $(VENV) "$(OUT)" docs/_build docs/api/_generated .hypothesis .benchmarks .mypy_cache .ruff_cache

# Debian leaves ensurepip out of python3; then the system's pip fills an environment made without one.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --quiet --python $(VENV) install pip; } || \
	  { rm -rf $(VENV); echo "No virtual environment could be made; install python3-venv or pip, then run make again."; exit 1; }

$(VENV)/.has-pip: constraints.txt | $(PY)
	@echo "Installing the pinned versions into $(VENV) (once; a few minutes) ..."
	@$(PIP) install --constraint constraints.txt pip
	@touch $@

$(VENV)/.has-all: pyproject.toml $(VENV)/.has-pip
	@$(PIP) install --constraint constraints.txt --build-constraint constraints.txt --editable '.[all]'
	@touch $@

$(VENV)/.has-dev: $(VENV)/.has-all
	@$(PIP) install --constraint constraints.txt --group dev
	@touch $@

$(VENV)/.has-docs: $(VENV)/.has-dev
	@$(PIP) install --constraint constraints.txt --group docs
	@touch $@
