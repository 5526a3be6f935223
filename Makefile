# Everything a contributor does, by one name each. `make help` lists them.
SHELL := /bin/sh
NPM_STAMP := node_modules/.package-lock.json
BUNDLE := dist/meshstor.cjs dist/meshstor-sim.cjs
SOURCES := $(shell find src crds -type f 2>/dev/null) package.json scripts/build.mjs
GENERATED := src/api/gen src/host/gen src/csi/gen docs/reference config/components/no-validation-rules
# Run only tests whose names or files match, for test-kube and test-kernel: make test-kernel ONLY=mirror
ONLY ?=

.PHONY: help demo cluster build test test-kube test-kernel test-all test-gate test-kernel-volumes test-kernel-moves test-faults lint generate \
	check-generate bench kube-assets kernel-assets clean

# One run of test-faults again, as its report names it: make test-faults PLAN='drain-2 call-17:crash-after'
PLAN ?=

export ONLY PLAN

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 24

demo: build ## a volume's life on a simulated cluster, in under a minute; needs Node and npm only
	@node dist/meshstor-sim.cjs demo

cluster: build ## a simulated cluster that stays: prints its KUBECONFIG and CSI sockets
	@node dist/meshstor-sim.cjs cluster

build: $(BUNDLE) ## bundle the product and the simulated world into dist/

$(BUNDLE) &: $(NPM_STAMP) $(SOURCES)
	@node scripts/build.mjs

$(NPM_STAMP): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

test: lint check-generate ## lint, types, unit, contract, simulation and integration tests on the embedded API server
	@node scripts/ring.mjs simulated

test-kube: $(NPM_STAMP) ## the integration suite on a real API server (obtained once); ONLY=pattern
	@node scripts/ring.mjs kube

test-kernel: build kernel-assets ## whole volumes on real kernels (built once), as root; ONLY=pattern
	@node scripts/ring.mjs kernel

test-all: ## everything above, one after the other, with one count at the end
	@node scripts/rings.mjs test test-kube test-kernel

test-gate: $(NPM_STAMP) ## what every change has to pass: all but moves and the host agent's contract on real kernels
	@node scripts/rings.mjs test test-kube test-kernel-volumes

test-kernel-volumes: build kernel-assets ## whole volumes on real kernels, what the design expects of them, and the lab itself
	@ONLY='test/kernel/(volume|lab|facts)' node scripts/ring.mjs kernel

test-kernel-moves: build kernel-assets ## copies that move, are lost, return and are replaced on real kernels
	@ONLY='test/kernel/relocation' node scripts/ring.mjs kernel

test-faults: $(NPM_STAMP) ## everything goes wrong once, in each way, on simulated clusters; ONLY=pattern, PLAN='...', SEED=number
	@npx tsx test/faults/main.ts

lint: $(NPM_STAMP) ## types, rules of the code, format, nothing unused
	npx tsc --noEmit
	npx eslint .
	npx prettier --check --log-level warn .
	npx knip

generate: $(NPM_STAMP) ## types, schemas and reference from crds/, code from the proto files
	npx tsx scripts/generate/index.ts

check-generate: generate ## fails when what is derived is not what is committed
	@git diff --exit-code --stat -- $(GENERATED) || { echo "run make generate, and commit what it changes"; exit 1; }

bench: $(NPM_STAMP) ## figures against their targets, into out/bench.json; ONLY=pattern
	npx tsx bench/index.ts $(if $(ONLY),--only '$(ONLY)')

kube-assets: ## obtain etcd, kube-apiserver and the managers for test-kube; prints their folder
	@scripts/kube/assets.sh

kernel-assets: $(NPM_STAMP) ## build the kernel and the root file system for test-kernel
	@npx tsx scripts/kernel/index.ts

clean: ## remove what was built here (not the caches of kernels and control planes)
	rm -rf dist out
