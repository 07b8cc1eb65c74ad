# promisebench: "make help" lists what there is.

BIN := .bin/promisebench
# Debian packages need root.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
OUT ?= results/run-$(shell date +%Y%m%d-%H%M%S)
# Fixed now, so that run and report of one call mean the same folder.
OUT := $(OUT)

# The race detector needs a C compiler, which a machine with Go alone lacks. It looks
# at everything but the JavaScript engines and esbuild: they are not ours, and an
# interpreter that is watched takes five to twenty times as long. Nor does each of
# the hundreds of worker processes sleep for a second at its end, its default.
UNWATCHED := github.com/dop251/goja github.com/grafana/sobek github.com/evanw/esbuild modernc.org
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race $(foreach module,$(UNWATCHED),'-gcflags=$(module)/...=-race=false'))

NPM := engines/hosts/npm

# Parts that a gate is split into.
N ?= 2

.PHONY: help engines figures report matrix pages gate gate-shards gate-merge test check bench lint build

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: build ## Measure the embedded engines (about 4 minutes), then write tables and charts to results/
	@$(BIN) run --out $(OUT) $(RUNFLAGS); status=$$?; \
	if [ $$status -gt 1 ]; then exit $$status; fi; \
	$(BIN) report $(OUT) && exit $$status

matrix: build ## The same on every engine that is installed (about an hour; first: make engines)
	@$(MAKE) --no-print-directory report OUT=$(OUT) RUNFLAGS="--engine '*' --until 3% --budget 1h $(RUNFLAGS)"

engines: build ## Install the other engines: Node.js 7 to 24, Bun, Deno, web frameworks (npm), Chromium, Firefox, jsc, js102, valgrind (apt, where it is there)
	@echo "about 350 MB from npm (8 MB to 50 MB an engine, 850 MB unpacked) and 250 MB from Debian (850 MB unpacked)"
	npm ci --prefix $(NPM) --ignore-scripts --no-audit --no-fund
	npm ci --prefix workloads/served/npm --ignore-scripts --no-audit --no-fund
	chmod +x $(NPM)/node_modules/deno/deno
	@if ! command -v apt-get >/dev/null; then echo "no apt-get here: browsers, jsc, js102 and valgrind are left out" >&2; \
	elif ! { command -v chromium && command -v firefox-esr && command -v jsc && command -v js102 && command -v valgrind; } >/dev/null; then \
		$(SUDO) apt-get update; for package in chromium firefox-esr libjavascriptcoregtk-4.0-bin libmozjs-102-dev valgrind; do \
		$(SUDO) apt-get install -y --no-install-recommends $$package || echo "$$package is not to be had here and is left out" >&2; done; fi
	@$(BIN) engines

figures: build ## Reproduce the article's figures on real Node.js versions (about 24 minutes; first: make engines)
	@$(BIN) figures --out $(OUT)
	@$(BIN) http --framework hapi,koa,trek --engine node7,node8,node9,node10 --out $(OUT)/http

test: ## Run all tests, with the race detector where there is a C compiler
	@$(if $(RACE),,echo "race detector skipped: it needs cgo and a C compiler" >&2; test -z "$$CI")
	go vet ./...
	GORACE=atexit_sleep_ms=0 go test $(RACE) -timeout 15m ./...

gate: build ## Did anything get slower? make gate BASE=main, or BASE=goja@v… HEAD=goja; exit codes 0 no, 1 yes, 2 broken, 3 inconclusive
	@test -n "$(BASE)" || { echo "BASE is missing: make gate BASE=main; see .bin/promisebench gate run --help" >&2; exit 2; }
	@$(BIN) gate $(GATEFLAGS) $(BASE) $(HEAD); code=$$?; echo "exit code $$code" >&2; exit $$code

gate-shards: build ## The same in parts, as CI does it on several machines: make gate-shards BASE=main N=2
	@test -n "$(BASE)" || { echo "BASE is missing: make gate-shards BASE=main N=2" >&2; exit 2; }
	@for i in $$(seq $(N)); do \
		$(BIN) gate $(GATEFLAGS) --shard $$i/$(N) --out $(OUT)/shard-$$i $(BASE) $(HEAD); code=$$?; \
		case $$code in 0|1|3) ;; *) exit $$code ;; esac; \
	done
	@$(MAKE) --no-print-directory gate-merge SHARDS='$(OUT)/shard-*' OUT=$(OUT)

gate-merge: build ## One verdict of all parts: make gate-merge SHARDS='shards/*' OUT=verdict
	@$(BIN) gate merge $(MERGEFLAGS) $(SHARDS) --out $(OUT)

pages: build ## Draw the pages and charts of all recorded runs, and of their history (seconds)
	@for dir in results/*/; do \
		if [ -e $$dir/bench.txt ] || [ -e $$dir/base.txt ] || [ -e $$dir/pairs.txt ]; then \
			$(BIN) report $$dir >/dev/null && echo $${dir}index.html || exit; \
		fi; \
	done
	@$(BIN) report --history results >/dev/null && echo results/history/index.html

check: build ## Prove the await modes of each engine, count ticks, run the probes
	@$(BIN) check

bench: ## go test -bench for everything; see README for flags and benchstat
	go test -run '^$$' -bench . -benchtime 100ms ./bench

lint: ## Formatting, vet, staticcheck, tidy go.mod
	test -z "$$(gofmt -l .)" || { gofmt -l . >&2; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

build:
	@go build -buildvcs=auto -o $(BIN) ./bench/cmd/promisebench
