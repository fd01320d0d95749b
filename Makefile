# Two commands do everything on a fresh machine: make ask, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
QUESTION ?= 浙江依爱夫游戏装文化产业有限公司的工会主席叫什么?

.PHONY: ask test check install clean

ask: $(VENV)/installed
	$(BIN)/qa ask "$(QUESTION)"

test: $(VENV)/tested
	$(BIN)/python -m pytest

check: $(VENV)/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

install: $(VENV)/installed

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .qa
