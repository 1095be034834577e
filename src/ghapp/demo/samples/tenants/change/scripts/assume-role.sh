#!/usr/bin/env bash
# Exchanges CircleCI's OIDC token for short-lived credentials of AWS_ROLE_ARN, for the steps that follow.
set -euo pipefail

aws sts assume-role-with-web-identity --role-arn "$AWS_ROLE_ARN" --role-session-name "circleci-$CIRCLE_BUILD_NUM" \
  --web-identity-token "$CIRCLE_OIDC_TOKEN_V2" --duration-seconds 3600 --output text \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' \
  | awk '{ print "export AWS_ACCESS_KEY_ID=" $1 "\nexport AWS_SECRET_ACCESS_KEY=" $2 "\nexport AWS_SESSION_TOKEN=" $3 }' \
  >> "$BASH_ENV"
