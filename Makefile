# make serve   the site and the API on http://127.0.0.1:8000 (HOST, PORT change it)
# make test    everything that CI runs
# make dev     serve, rebuilding what you edit
# make check   what a contributor can get wrong, in seconds and offline
# make new     a draft signature from a message: make new < message.txt
# make fix     sort the entries, rewrite what is written from other sources
# make diff    what your change does to the answers: make diff BASE=main
# make explain why a message gets its answer: make explain < message.txt
# make bench   the speed bars
# make lab     the accuracy on tests/corpus
# make lint    ruff, mypy, shellcheck
# make screenshot   the picture in the README
# make clean   remove what these made

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve dev test check new fix diff explain bench lab lint clean screenshot chromium alert-tools editor

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
BENCH := $(VENV)/.bench
EDITOR_CACHE := .cache/editor
ARGS ?=

help:
	@sed -n 's/^# \(make \)/\1/p' Makefile

serve: $(RUNTIME)
	@exec $(RUN) -m api serve $(ARGS)

dev: $(RUNTIME)
	@exec $(RUN) -m api serve --dev $(ARGS)

test: lint chromium alert-tools editor
	CHROMIUM="$$(sh .ci/chromium)" $(RUN) -m pytest $(ARGS)

lint: $(DEV)
	$(RUN) -m ruff check api tests
	$(RUN) -m mypy
	$(VENV)/bin/shellcheck .ci/run .ci/chromium .ci/python

check new diff explain: $(RUNTIME)
	@exec $(RUN) -m api $@ $(ARGS)

fix: $(RUNTIME)
	@$(RUN) -m api fix $(ARGS)
	@$(RUN) -m api eval --svg docs/assets/accuracy.svg --page docs/accuracy.md >/dev/null

bench: $(BENCH)
	@exec $(RUN) -m tests.bench $(ARGS)

lab: $(RUNTIME)
	@exec $(RUN) -m api eval $(ARGS)

screenshot: $(DEV) chromium
	CHROMIUM="$$(sh .ci/chromium)" $(RUN) -m tests.screenshot

clean:
	rm -rf $(VENV) .cache site .site-* .mypy_cache .pytest_cache .ruff_cache

chromium:
	@sh .ci/chromium --install >/dev/null

# The alert rules are tested with the programs that will read them.
alert-tools:
	@have() { command -v promtool && command -v amtool && command -v jsonnet; } >/dev/null; \
	root() { if [ "$$(id -u)" = 0 ]; then "$$@"; else sudo -n "$$@"; fi; }; \
	have || { command -v apt-get >/dev/null && root apt-get update && root apt-get install -y \
	  --no-install-recommends prometheus prometheus-alertmanager jsonnet; } >&2; \
	have || { echo "make test: the alert rules need promtool, amtool and jsonnet." >&2; \
	  echo "fix: apt-get install prometheus prometheus-alertmanager jsonnet (Debian, Ubuntu)" >&2; \
	  exit 1; }

$(RUN):
	@python="$$(sh .ci/python $(PYTHON))" && echo "Creating $(VENV) …" && "$$python" -m venv $(VENV)

$(RUNTIME): requirements.txt | $(RUN)
	@echo "Installing requirements.txt …"
	@$(PIP) -r requirements.txt && touch $@

$(DEV): requirements-dev.txt requirements.txt | $(RUN)
	@echo "Installing requirements-dev.txt …"
	@$(PIP) -r requirements-dev.txt && touch $@ $(RUNTIME)

$(BENCH): requirements-bench.txt requirements-dev.txt requirements.txt | $(RUN)
	@echo "Installing requirements-bench.txt …"
	@$(PIP) -r requirements-bench.txt && touch $@ $(DEV) $(RUNTIME)

# The schema is tested with the language server that editors use.
editor: $(EDITOR_CACHE)/.installed

$(EDITOR_CACHE)/.installed: tests/editor/package.json tests/editor/package-lock.json
	@command -v npm >/dev/null || { echo "Install Node.js with npm (Debian: apt-get install npm), \
	then run this again: the schema is tested with yaml-language-server." >&2; exit 1; }
	@echo "Installing the YAML language server …"
	@mkdir -p $(EDITOR_CACHE) && cp tests/editor/package.json tests/editor/package-lock.json $(EDITOR_CACHE)/
	@npm ci --prefix $(EDITOR_CACHE) --ignore-scripts --no-audit --no-fund --silent && touch $@
