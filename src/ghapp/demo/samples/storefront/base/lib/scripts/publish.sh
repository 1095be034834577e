#!/usr/bin/env bash
# Builds the image of every service and pushes it under the commit's name.
set -euo pipefail

for service in catalog checkout; do
  docker build --tag "$REGISTRY/$service:$TAG" "services/$service"
  docker push "$REGISTRY/$service:$TAG"
done
