# Everything a person needs of this repository: `make` lists it.

.DEFAULT_GOAL := help
.PHONY: bench-ann bench-answers bench-documents bench-embedders bench-engines bench-follow-ups bench-freshness bench-grounding bench-indexing bench-injection bench-loop bench-preferences bench-retrieval bench-search-learning bench-splitting bench-style browser clean docs format help install lint lock pictures reader run test test-quick tuning
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
INSTALLED := .venv/.installed
INSTALLED_DEV := .venv/.installed-dev
INSTALLED_BENCH := .venv/.installed-bench
INSTALLED_TUNING := .venv/.installed-tuning

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

run: $(INSTALLED) ## Start the bot: make run [DOCS=path] [PORT=3000]
	@$(BIN)/houselore run $(if $(PORT),--port '$(PORT)') $(if $(DOCS),--docs '$(DOCS)')

install: $(INSTALLED) ## Install into .venv what the bot needs

tuning: $(INSTALLED_TUNING) ## Install into .venv what training needs: PyTorch, TRL, PEFT

test: $(INSTALLED_DEV) browser ## Run every test: make test [ARGS=tests/bot]
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

test-quick: $(INSTALLED_DEV) ## Run what needs no browser, no model and no PyTorch
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not browser and not slow and not training' $(ARGS)

lint: $(INSTALLED_DEV) ## Check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy --strict
	@$(BIN)/lint-imports

format: $(INSTALLED_DEV) ## Put the code into shape
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

browser: ## Get the browser that the tests drive
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'Installing chromium…'; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	else \
		echo 'The tests need chromium: sudo apt-get install chromium (Debian, Ubuntu),' \
			'or put a program of that name on the PATH.' >&2; exit 1; \
	fi

bench-ann: $(INSTALLED_BENCH) ## Measure the search by vector beside the exact one [ARGS='--sizes 10000']
	@$(BIN)/python -m benchmarks.ann $(ARGS)

bench-answers: $(INSTALLED) ## Measure answers, the tuned model beside its base [ARGS='--limit 60']
	@$(BIN)/python -m benchmarks.answers $(ARGS)

bench-documents: $(INSTALLED_BENCH) ## Measure questions to real documents, beside two baselines [ARGS='--limit 20']
	@$(BIN)/python -m benchmarks.documents $(ARGS)

bench-embedders: $(INSTALLED_BENCH) ## Measure what runs MiniLM [ARGS='--texts 60 --rounds 3']
	@$(BIN)/python -m benchmarks.embedders $(ARGS)

bench-engines: $(INSTALLED_BENCH) ## Measure what runs the embedded chat model
	@$(BIN)/python -m benchmarks.engines $(ARGS)

bench-follow-ups: $(INSTALLED) ## Measure what a thread's last question finds [ARGS='--no-model']
	@$(BIN)/python -m benchmarks.follow_ups $(ARGS)

bench-freshness: $(INSTALLED) ## Measure an index while its sources change
	@$(BIN)/python -m benchmarks.freshness $(ARGS)

bench-grounding: $(INSTALLED) ## Measure which true and false sentences pass as supported
	@$(BIN)/python -m benchmarks.grounding

bench-indexing: $(INSTALLED) ## Measure indexing beside the bare embedder [ARGS='--documents 200']
	@$(BIN)/python -m benchmarks.indexing $(ARGS)

bench-injection: $(INSTALLED) ## Measure whether planted orders are obeyed or quoted [ARGS='--limit 10']
	@$(BIN)/python -m benchmarks.injection $(ARGS)

bench-loop: $(INSTALLED_TUNING) ## Simulate teams for weeks, and rollouts [ARGS='--teams dialect --weeks 1']
	@$(BIN)/python -m benchmarks.loop $(ARGS)

bench-preferences: $(INSTALLED_TUNING) ## Measure what KTO learns from people's ratings [ARGS='--limit 130']
	@$(BIN)/python -m benchmarks.preferences $(ARGS)

bench-retrieval: $(INSTALLED_BENCH) ## Measure search beside PGVectorStore [ARGS='--sets squad2 --queries 200']
	@$(BIN)/python -m benchmarks.retrieval $(ARGS)

bench-search-learning: $(INSTALLED) ## Measure what the search learns from judged answers [ARGS='--sets scifact']
	@$(BIN)/python -m benchmarks.search_learning $(ARGS)

bench-splitting: $(INSTALLED_BENCH) ## Measure our splitter beside LangChain's recursive one
	@$(BIN)/python -m benchmarks.splitting

bench-style: $(INSTALLED_TUNING) ## Measure what an unmistakable style costs [ARGS='--lessons 96']
	@$(BIN)/python -m benchmarks.style $(ARGS)

reader: $(INSTALLED_TUNING) ## Train the reader anew: make reader [DATA=path] [ARGS='--run path']
	@# Memory that a step gives back is taken again by the next: kept, it costs no page faults.
	@MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 OMP_WAIT_POLICY=PASSIVE \
		$(BIN)/python -m tuning.reader --data '$(or $(DATA),$(SHARED_DATA)/data)' $(ARGS)

docs: $(INSTALLED_DEV) ## Write what docs take from the code: the list of folders, the settings
	@$(BIN)/python tests/test_readme.py
	@$(BIN)/houselore settings-page >docs/configuration.md

pictures: $(INSTALLED_DEV) browser ## Take the README's pictures anew
	@HOUSELORE_PICTURES='$(CURDIR)/docs/images' $(BIN)/python -m pytest \
		tests/houselore/test_end_to_end.py -k streams_in

lock: ## Write requirements*.txt anew from pyproject.toml
	@./lock.sh '$(PYTHON)'

clean: ## Remove what was installed and cached; the data in .houselore stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The locks are complete, and two packages of models ask for torch or for a second llama.cpp that
# nothing here uses: so nothing is installed that is not in a lock.
$(INSTALLED): requirements.txt pyproject.toml
	@if [ -z '$(PYTHON)' ]; then \
		echo 'Houselore needs Python 3.11 or newer: install it, or make … PYTHON=/path/to/it.' >&2; \
		exit 1; fi
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'Python lacks its venv module: sudo apt-get install python3-venv (Debian, Ubuntu).' >&2; \
		exit 1; }
	@echo 'Installing into .venv…'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo 'Installing what the tests need…'
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements-dev.txt
	@touch $@

$(INSTALLED_BENCH): requirements-bench.txt $(INSTALLED)
	@echo 'Installing what the benchmarks need…'
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r requirements-bench.txt
	@touch $@

# PyTorch brings the libraries of a GPU with it, which no lock of a machine without one has.
$(INSTALLED_TUNING): requirements-tuning.txt $(INSTALLED)
	@echo 'Installing what training needs…'
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-tuning.txt
	@touch $@
