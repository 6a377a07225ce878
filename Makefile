# make demo   everything, on this machine, in the foreground      make test   everything, tested
# make help   all the rest

PY := .venv/bin/python
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: anomaly-table help setup console browser demo up down status logs restart figures test test-unit test-contract test-e2e chaos lint fmt types imports contracts bench bench-gateway bench-judging bench-alerting clean

help: ## Show what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

setup: ## Make .venv with everything pinned, and the broker's jars (once; quick when nothing changed)
	@sh devstack/bootstrap.sh

console: setup ## Build the web console (once; quick when nothing changed)
	@$(PY) services/console/build.py

demo: console ## Start a whole simulated park in the foreground; Ctrl-C stops it
	@$(PY) -m devstack demo

up: console ## The same in the background; writes .local/demo.json when ready
	@$(PY) -m devstack up

down: ## Stop what `make up` started
	@if [ -x $(PY) ]; then $(PY) -m devstack down; else echo "nothing is set up, nothing to stop"; fi

status: ## What runs, since when, with how much memory
	@$(PY) -m devstack status

logs: ## Logs of all services, or of one: make logs s=alerting
	@$(PY) -m devstack logs $(s)

restart: ## Restart one service: make restart s=alerting
	@$(PY) -m devstack restart $(s)

figures: ## Memory a service and in sum, start time
	@$(PY) -m devstack figures

browser: ## Install Chromium for the browser tests when the package manager lets us
	@sh tools/browser.sh

test: console browser ## All tests, on a real Postgres and a real broker that they start themselves
	@$(PY) -m pytest -n $(JOBS) --dist loadfile $(PYTEST_ARGS)

test-unit: setup ## Only tests that need nothing started
	@$(PY) -m pytest -n $(JOBS) -m "not integration and not browser and not chaos" libs services simulator

test-contract: setup ## Every event and API against contracts/
	@$(PY) -m pytest tests/contract

test-e2e: console browser ## The whole path, with and without a browser
	@$(PY) -m pytest tests/e2e

chaos: setup ## Random faults while frames flow, nothing answered is lost: make chaos N=200, one again: make chaos SEED=7
	@$(PY) tests/chaos/run.py $(if $(SEED),--seed $(SEED),--count $(or $(N),20))

lint: setup ## Formatter, ruff, import directions, types, contracts without drift
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports
	@$(MAKE) --no-print-directory types
	@$(PY) -m park_schemas contracts --check
	@$(PY) tools/openapi.py --check
	@$(PY) tools/diagram.py --check

fmt: setup ## Format, and fix what ruff can fix
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

types: setup ## Strict types, package by package
	@sh tools/types.sh

imports: setup ## Import directions only
	@.venv/bin/lint-imports

contracts: setup ## Write contracts/ anew: AsyncAPI, event schemas, OpenAPI
	@$(PY) -m park_schemas contracts
	@$(PY) tools/openapi.py
	@$(PY) tools/diagram.py

bench: setup ## Figures of the whole path on this machine
	@$(PY) tests/load/bench.py

bench-gateway: setup ## Figures of the gateway: frames/s a core, answer times, 10 000 connections, a backlog beside live frames
	@$(PY) services/hj212-gateway/bench/bench_gateway.py

bench-judging: setup ## Figures of judging: frames/s, frame to finding, bytes a reading, queries
	@$(PY) services/source-monitoring/bench/judging_bench.py

bench-alerting: setup ## Figures of alerting: finding to alarm to people, storm, 10 000 open alarms
	@$(PY) services/alerting/bench/alerting_bench.py

anomaly-table: setup ## Precision and recall of each rule, false findings a day: docs/anomaly-table.md (a quarter of an hour of one core)
	@mkdir -p .local/anomaly-table
	@$(PY) -m anomaly_proof measure --first-seed 201 --clean-seed 5000 --save .local/anomaly-table/1.json
	@$(PY) -m anomaly_proof measure --first-seed 301 --clean-seed 6000 --save .local/anomaly-table/2.json
	@$(PY) -m anomaly_proof services --first-seed 111 --seeds 3 --save .local/anomaly-table/services.json
	@$(PY) -m anomaly_proof table .local/anomaly-table/1.json .local/anomaly-table/2.json \
	    --services .local/anomaly-table/services.json --out docs/anomaly-table.md

clean: down ## Remove what was built (not the caches outside the tree)
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache services/console/web/dist services/console/web/node_modules

-include libs/hj212/Makefile.inc
