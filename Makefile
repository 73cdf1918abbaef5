# Two commands do everything on a fresh machine: `make serve` and `make test`. Both make their own environment.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: serve book test check lab toolbox teach class-demo data bench clean lock messages

serve: $(VENV)/.book           ## build the book in both languages and serve it
	$(BIN)/siru book serve

book: $(VENV)/.book            ## build the book into _build/site
	$(BIN)/siru book build

test: $(VENV)/.dev             ## run every test, on all processors
	$(BIN)/python -m pytest --numprocesses logical --dist loadfile

check: $(VENV)/.dev            ## twins agree, what is derived is fresh, every theme has all its rooms
	$(BIN)/siru check

lab: $(VENV)/.teach            ## open the exercises in JupyterLab
	$(BIN)/siru lab

toolbox: $(VENV)/.teach        ## open the facilitator's live tools in a browser
	$(BIN)/siru toolbox

teach: $(VENV)/.teach          ## install what `siru class` needs
	@echo "Ready. Activate with: . $(VENV)/bin/activate"

data: $(VENV)/.dev             ## make the synthetic data anew from their seed
	$(BIN)/python -m data.generate

class-demo: $(VENV)/.teach     ## a class of thirty goes through everything
	$(BIN)/siru class demo $$(mktemp -d)/class

bench: $(VENV)/.dev            ## time what should be fast, beside what one would otherwise use
	$(BIN)/python -m tests.benchmarks

messages: $(VENV)/.dev         ## collect the words of the program and compile their translations
	$(BIN)/python -m siru_course.upkeep.messages

lock:                          ## resolve the requirements anew (needs uv)
	for extra in dev book cluster teach base; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links $$(test $$extra = base || echo --extra $$extra) \
	    $$(test $$extra = dev || echo --constraint requirements/dev.txt) \
	    pyproject.toml requirements/build.in --output-file requirements/$$extra.txt || exit 1; \
	done

clean:                         ## remove what was made, and the environment
	rm -rf _build build dist $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

# One mark a lock: installed again when the lock or the project's description has changed.
$(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes --requirement requirements/$*.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@
