# Everything a contributor does, by one name each. `make help` lists them.
SHELL := /bin/sh
NPM_STAMP := node_modules/.package-lock.json
BUNDLE := dist/meshstor.cjs dist/meshstor-sim.cjs
SOURCES := $(shell find src crds -type f 2>/dev/null) package.json scripts/build.mjs
# Run only tests whose names or files match, for test-kube and test-kernel: make test-kernel ONLY=mirror
ONLY ?=

.PHONY: help demo cluster build test test-unit test-contract test-integration test-kube test-kernel test-all lint \
	generate check-generate bench kube-assets kernel-assets clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 20

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

clean: ## remove what was built here (not the caches of kernels and control planes)
	rm -rf dist out
