//go:build tools

// Package tools pins helm, whose releases the specs of the migration take over.
package tools

import (
	_ "helm.sh/helm/v4/cmd/helm"
)
