# The commands of this repository; `make` lists them.

DURATION ?=
ARGS ?=
# Where `make test-pg18` keeps the programs of PostgreSQL 18.
POSTGRES_18 ?= target/postgres-18

# One PostgreSQL, one Redis, one Sentinel and one Cluster for all test processes: see aether-testkit/servers. Run as it was built with
# the workspace: on its own it would have other features, and compile every dependency once more.
BUILT = $(or $(CARGO_TARGET_DIR),target)/debug
WITH_SERVERS = $(BUILT)/aether-servers exec --topologies --fsync off

# What is off by default, and checked all the same.
OPTIONAL = aether-servers/docker

NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)
ifeq ($(NEXTEST),yes)
RUN_TESTS = cargo nextest run --locked --no-fail-fast
else
RUN_TESTS = cargo test --locked --no-fail-fast --lib --bins --tests --examples
endif

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser vendor test-pg18 check deny bench compare growth rebuild torture torture-failover torture-nodes

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
	    awk -F'|' '{ printf "  make %-16s %s\n", $$1, $$2 }'

demo: ## play the arena; DURATION=seconds ends it
	@.ci/setup cc postgres redis
	cargo run --release --locked -p arena -- $(if $(DURATION),--duration $(DURATION)) $(ARGS)

test: ## all tests, against throw-away servers
	@.ci/setup cc postgres redis pgbouncer
	cargo build --workspace --all-targets --locked
	$(WITH_SERVERS) -- $(RUN_TESTS) --workspace $(ARGS)
	$(WITH_SERVERS) -- cargo test --workspace --doc --locked

test-browser: ## the page of the arena in the system's Chromium (or CHROMIUM=path), against a server with bots
	@.ci/setup cc postgres redis
	npm ci --silent --prefix examples/arena/tests/browser
	cargo build -p arena -p aether-servers --locked
	$(WITH_SERVERS) -- cargo test -p arena --test it --locked -- --ignored --nocapture in_a_browser

vendor: ## for maintainers: the libraries of the arena's page, as examples/arena/page/vendor.mjs pins them
	node examples/arena/page/vendor.mjs

test-pg18: ## the tests of aether-postgres, against PostgreSQL 18
	@.ci/setup cc postgres redis pgbouncer
	cargo build --workspace --all-targets --locked
	bin="$$(.ci/postgres-18 $(POSTGRES_18))" && \
	    $(WITH_SERVERS) --pg-bin "$$bin" -- $(RUN_TESTS) -p aether-postgres $(ARGS)

check: deny ## formatting, lints, documentation, dependencies, and that the public API is as docs/api lists it
	.ci/trees
	.ci/features
	cargo run --quiet --locked -p aether-checks
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features $(OPTIONAL) --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --features $(OPTIONAL) --locked
	@cargo machete --version >/dev/null 2>&1 || \
	    { echo "make check: cargo-machete is missing: cargo install cargo-machete --locked"; exit 1; }
	cargo machete
	cargo publish --workspace --dry-run --no-verify --locked --allow-dirty --quiet

deny: ## licences, sources, bans and advisories of the dependencies
	@cargo deny --version >/dev/null 2>&1 || \
	    { echo "make check: cargo-deny is missing: cargo install cargo-deny --locked"; exit 1; }
	cargo deny --locked check --hide-inclusion-graph bans licenses sources
	@if cargo deny fetch db >/dev/null 2>&1; then \
	    echo "cargo deny --locked check --hide-inclusion-graph advisories"; \
	    cargo deny --locked check --hide-inclusion-graph advisories; \
	else \
	    echo "make check: advisories NOT checked: their database cannot be fetched from here"; \
	fi

bench: ## the benches of criterion
	cargo bench --locked -p aether-benches $(ARGS)

compare: ## Aether beside hand-written SQL, on one server with fsync on
	cargo run --release --locked -p aether-benches --bin compare -- $(ARGS)

growth: ## loads, pages and look-ups on logs with 6, 120 and 480 monthly partitions
	cargo run --release --locked -p aether-benches --bin growth -- $(ARGS)

rebuild: ## a read model rebuilt from a million events, while 1000 more come every second
	cargo run --release --locked -p aether-benches --bin rebuild -- \
	    --events 1000000 --rate 1000 --rounds 2 $(ARGS)

torture: ## many writers, killed connections, and a count of what readers missed; DURATION=seconds, default 60
	cargo run --release --locked -p aether-benches --bin torture -- \
	    --duration $(or $(DURATION),60) $(ARGS)

torture-failover: ## crashes and fail-overs to a standby under load, and a count of what was missed; DURATION=seconds
	cargo run --release --locked -p aether-benches --bin torture-failover -- \
	    --duration $(or $(DURATION),60) $(ARGS)

torture-nodes: ## nodes killed, paused and added while they project, and a count of every effect; DURATION=seconds
	cargo run --release --locked -p aether-benches --bin torture-nodes -- \
	    --duration $(or $(DURATION),60) $(ARGS)
