# What a person or a machine does with this checkout. Only the Swift toolchain is needed beforehand.
SWIFT ?= swift
# Suites that wait, for programs, servers or locks, run apart from those that compute; and those that run the whole
# program apart from all: each would keep the others waiting for so long that they give up.
WAITING_SUITES = (TransportNIOTests|StorageTests)\.|IntakeTests\.(Answer|Exec|Git|Host|LDAP|Plugin|RealProducer|Repeated)
PROGRAM_SUITES = EndToEndTests\.
# Servers and tools of others that Debian has, and the packages of those that are named otherwise.
REAL_PROGRAMS = slapd ldapsearch=ldap-utils postgres=postgresql prometheus prometheus-node-exporter rsyslogd=rsyslog \
	logger=bsdutils nmap curl oscap=openscap-scanner
RELEASE_FLAGS = -c release --static-swift-stdlib -Xlinker -s

.PHONY: setup build demo test real bench crash faults fuzz histories reference format lint clean

setup: ## check the toolchain and install missing system libraries
	@sh Scripts/setup.sh

build: setup ## build the release programs
	$(SWIFT) build $(RELEASE_FLAGS) --product assay
	ASSAY_STATIC=1 $(SWIFT) build $(RELEASE_FLAGS) --product assay-verify
	@if ldd "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/assay-verify" 2>/dev/null | grep '=>'; then \
		echo "build: assay-verify needs libraries of this machine" >&2; exit 1; fi

demo: build ## the example company, this repository and this machine, from evidence to a verified package
	@sh Scripts/demo.sh "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)" $(REPO)

test: setup ## every test
	$(SWIFT) build --build-tests
	@SWIFT=$(SWIFT) sh Scripts/test.sh '$(WAITING_SUITES)' '$(PROGRAM_SUITES)'

real: build ## collect from servers of others and import what their tools report (Debian: installs them; others are named)
	@sh Scripts/setup.sh --wanted $(REAL_PROGRAMS)
	@sh Scripts/real.sh "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)"

crash: build ## kill an import of a million facts at several moments; nothing acknowledged may be missing
	@sh Scripts/crash.sh "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)"

faults: ## fail or kill every call that writes, in turn; flip bits of every file, drawn by ASSAY_SEED (Debian: installs strace)
	@sh Scripts/setup.sh strace
	$(SWIFT) build --build-tests
	ASSAY_FAULTS=full $(SWIFT) test --skip-build --filter 'EndToEndTests\.(FaultTests|FlipTests|RoomTests)'

fuzz: setup ## give every parser of foreign bytes FUZZ_SECONDS (60) of made-up input
	@sh Scripts/fuzz.sh

histories: setup ## all evaluators on 100,000 random histories of evidence, and on 20,000 that come in instalments
	ASSAY_FUZZ=full $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build-histories \
		--filter '(SweepTests|IncrementalTests|ColumnsFuzzTests)'

bench: setup ## measure, each figure beside a peer in the same run
	$(SWIFT) build $(RELEASE_FLAGS) --product assay-benchmarks
	"$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/assay-benchmarks"

reference: setup ## write the pages that are made from the catalogues: kinds and rules
	$(SWIFT) build --product assay
	"$$($(SWIFT) build --show-bin-path)/assay" kinds --format markdown > docs/kinds.md
	"$$($(SWIFT) build --show-bin-path)/assay" rules --format markdown > docs/rules.md

format: ## lay out every source file
	$(SWIFT) format -i -r -p Package.swift Sources Tests Benchmarks Fuzz

lint: ## the layout, style and imports that a commit must have
	@sh Scripts/imports.sh
	$(SWIFT) format lint -s -r -p Package.swift Sources Tests Benchmarks Fuzz

clean: ## remove what was built
	rm -rf .build .build-* demo-output
