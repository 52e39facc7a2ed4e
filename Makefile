# make run   everything on a fresh machine, then start the copilot
# make test  everything on a fresh machine, then all checks and tests
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Processes that share the tests that do not watch the clock; each takes up to 4 GB.
WORKERS ?= 2

.PHONY: run test check-code bench soak lock clean
run: $(STAMP)
	@$(BIN)/copilot run

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/copilot check
	$(BIN)/pytest -m "not soak and not alone" -n $(WORKERS) --dist worksteal
	$(BIN)/pytest -m "alone and not soak"

bench: $(STAMP)
	$(BIN)/python -m tests.benchmarks

soak: $(STAMP)
	$(BIN)/pytest -m soak --timeout=3600 --override-ini="addopts=-q"

# torch has no hash: its CPU build has another file than the registry's default one, which brings CUDA packages of its own.
$(STAMP): requirements.lock requirements-torch.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11：请先安装，或用 make run PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "安装依赖（首次约两分钟）… / installing (about two minutes the first time)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check $(PIP_TORCH) -r requirements-torch.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Resolves again; needs `uv`. On a machine with CUDA builds of torch only, add the CPU index to UV_FLAGS.
lock:
	uv pip compile pyproject.toml --group dev --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
	  --no-emit-package torch $(UV_FLAGS) -o requirements.lock
	echo "torch==2.13.0" > requirements-torch.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
