# make demo   装好一切，用示例文献建库并启动站点
# make test   装好测试所需，运行全部检查
# make setup  只准备 .venv，其中 bin/wenku 运行一切
# make bench  量速度，写入 bench/results.md；make bench-ocr 量识别，写入 bench/ocr.md
# make lock   依赖有变时重新锁定（需要 uv）

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test setup bench bench-ocr lock lint

demo: setup
	$(BIN)/wenku demo

setup: $(VENV)/.ready

test: $(VENV)/.ready-test lint
	@command -v chromium >/dev/null || tests/browser/install-chromium.sh
	$(BIN)/python -m pytest

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m bench

# 对照的引擎和排版的字体：是 root 又有 apt-get 就装，否则用现有的，缺什么在结果里写明。
OCR_PACKAGES := tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-chi-tra tesseract-ocr-chi-sim-vert tesseract-ocr-chi-tra-vert \
	fonts-noto-cjk fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei fonts-wqy-microhei
bench-ocr: setup
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends $(OCR_PACKAGES) >/dev/null || echo "没有装齐 $(OCR_PACKAGES)"; fi
	$(BIN)/python -m bench.bench_ocr

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新的版本")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation --no-index --editable .
	touch $@

$(VENV)/.ready-test: requirements-test.lock $(VENV)/.ready
	$(PIP) --require-hashes -r requirements-test.lock
	touch $@

LOCK := uv pip compile --universal --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml
lock:
	$(LOCK) --extra build --output-file requirements.lock
	$(LOCK) --extra build --extra cluster --extra test --output-file requirements-test.lock
