# The usual commands by short names. Nothing here is needed: each is one line of Go that you can type.

VENV ?= .venv
PYTHON = $(VENV)/bin/python

.PHONY: all test lint full ci bench bench-peers bench-compare golden

all: lint test

test: ## about a minute
	go test ./...

lint: ## formatting, go vet, staticcheck, go.mod
	.ci/run formatted vet lint modules

full: ## what a release runs: exhaustive, with Python, with training to accuracy, whose figures it prints; may take hours
	go test $$(go list ./... | grep -v /acceptance$$) -full -timeout 0
	go test ./acceptance -full -timeout 0 -v

ci: ## what a change must pass
	.ci/run

bench: ## prints what benchstat reads
	go test ./... -run '^$$' -bench . -benchtime 100ms -count 6

bench-peers: ## half an hour beside PyTorch, JAX, NumPy, GoMLX, spaGO and gonum, written to docs/performance.md
	go -C benchmarks/peers run . -doc ../../docs/performance.md

bench-compare: ## make bench-compare OLD=main: that commit beside the files as they are, or beside NEW=commit
	benchmarks/compare $(OLD) $(NEW)

golden: $(VENV)/ready ## computes testdata/golden again: see its README
	$(PYTHON) testdata/golden/generate.py

$(VENV)/ready: internal/interop/requirements.txt # downloads PyTorch: several gigabytes
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --requirement $<
	touch $@
