# The one front door for chores. Every target brings up .venv by itself; nothing else needs installing by hand.

BIN   := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-slow check format bench bench-catalogue bench-candidates bench-crawl bench-day bench-digest bench-freshness bench-health bench-kills bench-publish bench-read bench-judge bench-judge-pairs bench-network bench-notify bench-regions bench-reposts clean fuzz-read
.PHONY: bench-scale bench-workers

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-18s %s\n", $$1, $$2 }'

setup: $(STAMP) ## create .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt deploy/setup.sh
	@sh deploy/setup.sh
	@touch $@

demo: $(STAMP) ## watch it at work on sample sites on this machine
	@$(BIN)/zhijiao demo

run: $(STAMP) ## look at the real sites on a schedule, serve feeds and page
	@$(BIN)/zhijiao init --if-missing && $(BIN)/zhijiao up

test: $(STAMP) ## run the tests, but for those that `make test-slow` runs
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-slow: $(STAMP) ## the tests with browsers, reader programs, workers and kills, and those that wait for a clock
	@$(BIN)/pytest -m slow -n auto --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(STAMP) ## let ruff format and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: bench-catalogue bench-read bench-judge bench-judge-pairs bench-regions ## measure the figures that take minutes (needs ../shared)

bench-catalogue: $(STAMP) ## how long 1,500 sites take to load
	@$(BIN)/python -m bench.catalogue

bench-read: $(STAMP) ## measure the readers beside others (needs ../shared)
	@$(BIN)/python -m bench.read

fuzz-read: $(STAMP) ## damage real pages for ten minutes and look whether any reader raises or takes long (needs ../shared)
	@$(BIN)/python -m bench.fuzz_read

bench-judge: $(STAMP) ## measure relevance beside baselines (needs ../shared and scikit-learn)
	@$(BIN)/python -m bench.judge --write

bench-candidates: $(STAMP) ## measure how finding reposts grows to a million articles
	@$(BIN)/python -m bench.candidates --write

bench-judge-pairs: $(STAMP) ## measure reposts in pairs of texts beside other programs (needs ../shared)
	@$(BIN)/python -m bench.judge_pairs --write

bench-reposts: $(STAMP) ## measure stories of 100,000 articles with planted reposts (needs ../shared, an hour)
	@$(BIN)/python -m bench.reposts --write

bench-network: $(STAMP) ## crawl a small web on loopback where sites move, lie and ask for patience
	@$(BIN)/python -m bench.network --write

bench-crawl: $(STAMP) ## measure a whole crawl beside Scrapy, trafilatura and news-please (needs ../shared and nginx)
	@$(BIN)/python -m bench.crawl --write

bench-day: $(STAMP) ## watch 200 sites on loopback for a simulated day (needs the command faketime, half an hour)
	@$(BIN)/python -m bench.day --write

bench-digest: $(STAMP) ## measure a digest of a month of 20,000 stories on both databases
	@$(BIN)/python -m bench.digest --write

bench-freshness: $(STAMP) ## measure how long news wait at a given budget of visits (needs ../shared)
	@$(BIN)/python -m bench.freshness --write

bench-health: $(STAMP) ## measure false alarms and delays in three simulated years of 500 channels
	@$(BIN)/python -m bench.health --write

bench-kills: $(STAMP) ## kill crawls at random on both databases: is anything lost or twice?
	@$(BIN)/python -m bench.kills --write

bench-scale: $(STAMP) ## measure 1, 2 and 4 workers beside one machine (needs root: a PostgreSQL of its own)
	@$(BIN)/python -m bench.scale --write

bench-workers: $(STAMP) ## kill workers, cut their network, restart PostgreSQL: is anything lost or twice? (needs root)
	@$(BIN)/python -m bench.workers --write

bench-notify: $(STAMP) ## send a thousand notifications over loopback, and kill senders, on both databases
	@$(BIN)/python -m bench.notify --write

bench-regions: $(STAMP) ## measure regions beside cpca (needs ../shared)
	@$(BIN)/python -m bench.judge_regions --write

bench-publish: $(STAMP) ## measure publishing and pages over a million stories on both databases (an hour)
	@$(BIN)/python -m bench.publish --write

clean: ## remove .venv and caches; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
