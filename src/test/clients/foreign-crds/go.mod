// CRDs of others, in whose kinds the chart has objects: downloaded for InstallationIT, and not built.
module foreign-crds-for-tests

go 1.25.0

require (
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.4.0
)
