# promisebench: "make help" lists what there is.

BIN := .bin/promisebench
OUT ?= results/run-$(shell date +%Y%m%d-%H%M%S)
# Fixed now, so that run and report of one call mean the same folder.
OUT := $(OUT)

# The race detector needs a C compiler, which a machine with Go alone lacks.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

.PHONY: help report test check bench lint build

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: build ## Measure the embedded engines (about 3 minutes), then write tables and charts to results/
	@$(BIN) run --out $(OUT) $(RUNFLAGS); status=$$?; \
	if [ $$status -gt 1 ]; then exit $$status; fi; \
	$(BIN) report $(OUT) && exit $$status

test: ## Run all tests, with the race detector where there is a C compiler
	@$(if $(RACE),,echo "race detector skipped: it needs cgo and a C compiler" >&2; test -z "$$CI")
	go vet ./...
	go test $(RACE) -timeout 15m ./...

check: build ## Prove the await modes of each engine and count ticks
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
