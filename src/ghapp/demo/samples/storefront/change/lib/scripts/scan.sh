#!/usr/bin/env bash
# Builds the image of every service and looks for known vulnerabilities in it.
set -euo pipefail

for service in catalog checkout; do
  docker build --tag "$service:scan" "services/$service"
  trivy image --exit-code 1 "$service:scan"
done
