#!/usr/bin/env bash
# Waits until a service answers: health.sh URL
set -euo pipefail

curl --fail --silent --show-error --retry 10 --retry-delay 3 --retry-all-errors "$1/health"
