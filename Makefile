# Every target sets itself up from nothing: Python 3.11 or newer with its venv module, make, git; the tests need node.
# The virtual environment is .venv; a second run finds it ready.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# The checks come in an order: what fails fastest is first.
.NOTPARALLEL:

# Bytecode is kept, also where the machine says otherwise: each process would compile all modules and
# rewrite the asserts of all tests anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
BOOK := _build/html
# Two processes share out the tests; what several tests of a file make once stays with one of them.
# JOBS=0 runs them one after the other, with the same result.
JOBS := 2
# With a browser a tenth of a process's time is waiting: three keep two processors busy.
test-book: JOBS := 3
PYTEST = $(BIN)/python -m pytest -q -n $(JOBS)
# What `test-unit` runs; tests/conftest.py knows it by these words.
QUICK := -p no:nbval -m "not browser and not slow"
# While mypy keeps one processor busy, another reads the tests, which Python keeps translated: each
# process of the first run would translate all of them by itself.
READ = found=$$($(BIN)/python -m pytest -qq --collect-only $(QUICK))
# Warnings are errors and all of them are shown. What --quiet still says on success is no news.
BUILD := $(BIN)/jupyter-book build . -W --keep-going --quiet >/dev/null

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: book
book: setup-book ## check the data and build the book
	@echo "book: running the notebooks that are stale"
	@$(BIN)/synth execute
	@echo "book: checking the data"
	@$(BIN)/synth check
	@echo "book: building the pages (warnings are errors)"
	@$(BUILD)
	@echo "The book is at $(CURDIR)/$(BOOK)/book/intro.html"

.PHONY: pdf
pdf: setup-dev book ## print every page and the whole book as PDF, with the browser of the machine
	@$(BIN)/python scripts/book_pdf.py $(BOOK) _build/pdf

.PHONY: screenshots
screenshots: setup-dev book ## take pictures of every page: at a desk, on a phone, in the dark, on paper (PAGES="intro data")
	@$(BIN)/python scripts/screenshots.py $(BOOK) _build/screenshots $(PAGES)

.PHONY: serve
serve: setup-dev ## show the book in a browser, rebuilt and reloaded on every change (PORT=8000)
	@scripts/serve

.PHONY: lab
lab: setup-dev ## open the notebooks in JupyterLab, with a live explorer
	@$(BIN)/jupyter lab book $$([ "$$(id -u)" != 0 ] || echo --allow-root)

.PHONY: check
check: setup-book ## check the data, the bibliography and the codebook; say every problem with file and line
	@$(BIN)/synth check

.PHONY: execute
execute: setup-book ## run the notebooks that no longer show what the data say
	@$(BIN)/synth execute

.PHONY: fmt
fmt: setup-dev ## write the data in canonical order and format the code
	@$(BIN)/synth fmt
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

# The closing lines are pytest's.
.PHONY: test
test: setup-dev setup-node lint test-unit test-notebooks test-book ## run every check: code, data, notebooks, the built book in a browser

.PHONY: lint
lint: setup-dev setup-node ## check style and types of the Python and the JavaScript, and the data
	@echo "test: ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@echo "test: mypy --strict, tsc, synth check, the prose too; whether all tests can be read"
	@printf '%s\0' "$(BIN)/mypy --no-error-summary" "node_modules/.bin/tsc --project tsconfig.json" \
	  "$(BIN)/synth check --pages" '$(READ) || { echo "$$found"; exit 1; }' \
	  | xargs -0 -P 3 -I COMMAND bash -c COMMAND

.PHONY: test-unit
test-unit: setup-dev setup-node ## run the tests that need neither the built book nor a browser
	@echo "test: pytest"
	@TMPDIR=$$(scripts/scratch) $(PYTEST) $(QUICK) -o tmp_path_retention_policy=failed

.PHONY: test-notebooks
test-notebooks: setup-dev ## prove that the stored notebooks show what their code gives
	@echo "test: nbval"
	@$(PYTEST) -p no:hypothesispytest --dist loadfile -p synth.testing --nbval --nbval-current-env book

.PHONY: test-book
test-book: setup-dev setup-node ## build the book with warnings as errors and look at it in a browser
	@echo "test: building the book"
	@$(BUILD)
	@CHROME=$$(scripts/browser) || [ "$${CI:-}" != true ]; \
	echo "test: pytest, browser and slow"; \
	CHROME=$$CHROME SYNTH_BUILT_BOOK="$$PWD/$(BOOK)" $(PYTEST) -p no:nbval -m "browser or slow"

.PHONY: bench
bench: setup-dev ## measure what takes minutes at most: loading and checking, references; bench/README.md tells of all
	@echo "bench: loading and checking"
	@$(BIN)/python bench/load.py
	@echo "bench: references"
	@$(BIN)/python bench/references.py

.PHONY: requirements
requirements: setup-dev ## compute the pinned requirements from pyproject.toml (UPGRADE=1 for newer versions)
	@scripts/pin $(if $(UPGRADE),--upgrade)

.PHONY: wheel
wheel: setup-dev ## build the library as a wheel, in dist/wheel
	@rm -rf build dist/wheel
	@$(BIN)/python -c 'from pathlib import Path; from synth.starter.wheel import release; print(release(Path("dist/wheel")))'

.PHONY: clean-room
clean-room: wheel ## from the wheel alone, in a new folder and environment: a new review, its book, its checks
	@scripts/clean-room dist/wheel/*.whl

.PHONY: release
release: wheel clean-room book ## wheel and book of a release, checked, in dist/
	@rm -f dist/*.whl dist/book.zip
	@cp dist/wheel/*.whl $(BOOK)/book.zip dist/
	@cd dist && echo "dist/: $$(ls *.whl *.zip | tr '\n' ' ')"

.PHONY: snapshot
snapshot: book ## write one archive of this version to deposit: book, data, references, metadata
	@$(BIN)/synth snapshot

.PHONY: future
future: setup-book ## build the same book on the newest Sphinx without jupyter-book; compare every article
	@scripts/future

.PHONY: clean
clean: ## remove what was built, dist/ too (the environments stay)
	@rm -rf _build build dist conf.py .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find book src tests bench -name __pycache__ -o -name .ipynb_checkpoints 2>/dev/null | xargs -r rm -rf

.PHONY: setup-book setup-dev setup-node
setup-book:
	@scripts/setup book
setup-dev:
	@scripts/setup dev
setup-node:
	@scripts/setup-node
