# Thin: Maven builds, src/dev finds what Maven needs.
MVN = JAVA_HOME="$$(src/dev/jdk.sh)" mvn -B --no-transfer-progress

IMAGE = -Dimage.base="$$base" $(if $(NAME),-Dimage.name="$(NAME)")

.DEFAULT_GOAL := help
.PHONY: help build test test-clients image push e2e gitops demo demo-stop story control-plane

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the operator (target/quarkus-app) and its command line (target/kubectl-factory)
	$(MVN) -DskipTests package

test: ## all tests: units, a real API server and etcd, real devices
	src/dev/test.sh

# Whatever shows a repository to every client, with two more of them: minutes to install, so not in every run.
test-clients: ## what devices see, by tough (needs cargo) and sigstore-java too
	CLIENTS=all src/dev/test.sh -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false \
	    -Dit.test='DeviceClientIT,BootstrapIT,RootRotationIT,PollingIT,CompromiseIT,StoryIT'

image: ## target/factory-trust-image.tar, for docker load and ctr import (BASE=another base, or tar://file; NAME=image's name)
	base="$(or $(BASE),tar://$$(src/dev/image/base.sh))" && \
	$(MVN) -DskipTests -Pimage package $(IMAGE) \
	    -Dimage.revision="$$(git describe --always --abbrev=40 --exclude '*' --dirty 2>/dev/null || echo unknown)"

push: ## what `make image` made, to the registry in NAME; BASE as it was there (INSECURE=1: without TLS)
	base="$(or $(BASE),tar://$(CURDIR)/target/base-image.tar)" && \
	$(MVN) -Pimage jib:build@image $(IMAGE) $(if $(INSECURE),-Djib.allowInsecureRegistries=true) \
	    -Dimage.revision="$$(cat target/image/revision)"

e2e: ## the chart with real pods: with Kind, on this machine as root, or on KUBECONFIG's cluster (E2E_CLUSTER=kind, node, mine)
	@src/dev/e2e.sh

gitops: ## examples/gitops with Flux and Argo CD themselves, on a cluster like e2e's
	@src/dev/e2e.sh gitops

demo: ## two minutes: a Factory, a device, a rotated root, an attacker, on this machine (KEEP=1 leaves it up)
	@src/dev/demo.sh

demo-stop: ## ends what KEEP=1 has left running
	@src/dev/demo.sh stop

story: ## a root rotated in one step, a fake OTA service, stolen keys: in both dialects, or DIALECT=TUF or OTAConnect
	@src/dev/story.sh

control-plane: ## prints the folder of kube-apiserver, etcd and kubectl, fetched or built if absent
	@src/dev/control-plane.sh
