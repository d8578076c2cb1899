# The commands of the project. `make` alone lists them.
# Needs Python 3.11 and make; everything else it fetches itself, into .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501
# One more than the cores of a small machine: a browser's story waits half of its time.
WORKERS ?= 3
# Compiled once: the stories start the program dozens of times, and some machines forbid Python to keep that.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

help:  ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed  ## the program's libraries
run: install  ## the office, at http://localhost:8501 (data in data/)
	@echo "办公室工作台：用浏览器打开 http://localhost:$(PORT)（Ctrl+C 停止）"
	$(BIN)/streamlit run app.py --server.port $(PORT)

demo: install  ## a demonstration office around today, in data-demo/ (built anew each time)
	rm -rf data-demo
	OFFICE_DATA_DIR=data-demo $(BIN)/python -m db.seed
	@echo "演示：用浏览器打开 http://localhost:$(PORT)（Ctrl+C 停止）"
	OFFICE_DATA_DIR=data-demo $(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.installed-tests browser  ## every story: SQLite, PostgreSQL, a real browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: $(VENV)/.installed-soak browser  ## the long stories: deaths, power cuts, fifty people at once, and all that make test leaves out
	$(BIN)/python -m pytest tests/soak -p no:cacheprovider
	$(BIN)/python -m pytest -m seldom -p no:cacheprovider

bench: $(VENV)/.installed-bench  ## how fast it is, beside its limits and its peers; fails when a target is missed
	$(BIN)/python -m tests.bench

check: $(VENV)/.installed-tests  ## style, types, the direction of the arrows, the lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pip check

collected: $(VENV)/.installed-tests  ## the stories are read and compiled, for all who then tell them at once
	$(BIN)/python -m pytest --collect-only -qq -p no:xdist > /dev/null

approve: $(VENV)/.installed-tests  ## write the handbook chapters of the standard to tests/approved/, to be read
	$(BIN)/python -m tests.approve

lock: $(VENV)/.installed-tests  ## work out requirements.txt anew from pyproject.toml
	$(BIN)/uv pip compile -q --no-header --universal pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --no-header --universal pyproject.toml --group test -o tests/requirements.txt

# A browser and Chinese fonts for the browser's stories; on a desk machine of your own, install them once.
browser:
	@command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . || $(MAKE) --no-print-directory apt

apt:
	@command -v apt-get >/dev/null || { echo "请先安装 chromium 和一套中文字体（fonts-noto-cjk），再运行 make test"; exit 1; }
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig

clean:  ## the environment and the caches, not the data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "需要 Python 3.11：make PYTHON=/path/to/python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

# Everything at once, by uv, in a third of pip's time; by pip where uv cannot reach what pip can.
$(VENV)/.installed-tests: tests/requirements.txt requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -c tests/requirements.txt uv
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r tests/requirements.txt \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check -r tests/requirements.txt
	@touch $(VENV)/.installed $@

$(VENV)/.installed-soak: tests/soak/requirements.txt $(VENV)/.installed-tests
	$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/soak/requirements.txt
	@touch $@

$(VENV)/.installed-bench: tests/bench/requirements.txt $(VENV)/.installed-tests
	$(BIN)/python -m pip install -q --disable-pip-version-check -r tests/bench/requirements.txt
	@touch $@

.PHONY: help install run demo test soak bench check collected approve lock browser apt clean
