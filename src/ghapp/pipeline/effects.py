"""What well-known programs, actions and orbs write into the workspace of a job: the facts for `made`."""

from __future__ import annotations

import re

_QUIET = """
[ [[ (( test true false : echo printf exit return cd pushd popd pwd ls cat head tail wc grep egrep fgrep rg cut tr
sort uniq awk gawk jq yq sed diff cmp date sleep seq basename dirname realpath readlink which type command hash whoami
id uname hostname env export set unset declare local typeset readonly shopt setopt alias trap wait kill pkill ps read
readarray mapfile break continue shift getopts eval source . let ulimit bc expr chmod chown chgrp rm rmdir du df find
stat file md5sum sha256sum sha1sum shasum base64 xxd mktemp strings nc systemctl apt apt-get apk yum dnf brew dpkg
add-apt-repository apt-key choco snap pip pip3 pipx gem rustup nvm corepack service sysctl mount ping dig nslookup
openssl ssh ssh-add ssh-agent ssh-keyscan gpg gpg-agent gpgconf git-crypt aws az gcloud
kubectl oc helm eksctl vault consul heroku flyctl doctl
psql mysql redis-cli mongosh mongo pg_isready sqlite3 docker docker-compose podman gh circleci circleci-agent
terraform tofu tflint tfsec checkov trivy grype snyk semgrep gitleaks trufflehog hadolint shellcheck shfmt yamllint
actionlint ansible-lint cfn-lint conftest vale kubeconform kubeval kube-score kube-linter infracost markdownlint
markdownlint-cli2 eslint prettier stylelint black flake8 isort mypy pylint ruff bandit safety pip-audit rubocop
phpstan golangci-lint gofmt govulncheck staticcheck gosec codecov prowler nuclei sqlmap nmap dockerize wait-on cosign
crane skopeo ansible-galaxy k6 artillery newman locust vegeta pytest
"""
QUIET = frozenset(_QUIET.split())
"""Programs that put nothing into the workspace but what they name behind an output option."""

QUIET_SUBCOMMANDS = {
    program: frozenset(subcommands.split())
    for program, subcommands in {
        "git": "config diff log status rev-parse add commit push tag fetch remote show describe ls-files ls-remote lfs"
        " rev-list merge-base branch cat-file diff-index grep blame show-ref ls-tree rm version gc clean submodule"
        " checkout switch",
        "go": "env version install test vet fmt list mod get",
        "cargo": "fmt clippy audit deny test",
        "npm": "audit config view version whoami login set list publish",
        "yarn": "audit config",
        "uv": "pip python tool sync venv lock",
        "poetry": "install config check lock show env",
        "pipenv": "install sync",
        "bundle": "install config",
    }.items()
}
NAMING = frozenset({"curl", "envsubst", "gsutil", "gunzip", "gzip", "mkdir", "tee", "touch", "truncate", "wget", "zip"})
COPYING = frozenset({"cp", "install", "ln", "mv", "rsync", "scp"})
SAVES = re.compile(r"\s-[a-zA-Z]*[oO]|--output|--remote-name")
"""Options of curl that write a file."""

NAMES = re.compile(
    r"(?:docker|podman|kubectl|oc) (?:cp|save|export)\b|aws s3|aws \S+ (?:get-object|invoke)\b|(?:gcloud|az) storage\b"
    r"|git clone\b|helm create\b|sqlite3 |pip3? (?:download|wheel)\b|openssl |cosign generate|kustomize create"
)
"""What writes files that it names; `git clone` a directory."""

IN_CONTAINER = re.compile(r"(?:docker|podman|docker-compose|docker compose) (?:run|exec)\b")
"""What runs a program in a container, which may share directories with the job."""

UNPACKS = frozenset({"tar", "unzip", "7z", "bsdtar", "gtar"})
PACKS = re.compile(r"\S+ (?:-?[a-zA-Z]*c[a-zA-Z]*(?: |$)|--create)")
ANYTHING = re.compile(
    r"git (?:checkout|switch|pull|merge|reset|stash|apply|am|cherry-pick|rebase|worktree|restore|sparse-checkout|mv)\b"
    r"(?! -[bBc] )|gh (?:release|run) download|gh pr checkout|gh repo (?:clone|sync)|(?:helm|oras) (?:pull|fetch)"
    r"|go (?:generate|mod vendor)"
)
PLACE = re.compile(r"[/$.~]")
VOLUME = re.compile(r"(?:-v|--volume|--mount)(=|$)")
OUTPUT = re.compile(
    r"--?(?:[oO]|[\w-]*(?:out|export|report|dest|target|csv|html|xml|save|log|dir|path|(?<!pro)file)[\w-]*)(=|$)"
)
"""Options that may name a file which is written."""

OUTPUT_INPUT = re.compile(r"out|dest|report|save|result|target")
"""Inputs of actions that may."""

DOWNLOAD = re.compile(r"\b(?:curl|wget)\b")
ELSEWHERE = re.compile(
    r"[/~]|\$\{?(?:HOME|TMPDIR|RUNNER_TEMP|GITHUB_(?:ENV|OUTPUT|PATH|STEP_SUMMARY|STATE)|BASH_ENV)\b"
)

QUIET_STEPS = re.compile(
    r"(?:^|[/-])(?:setup|login|auth|configure|install|installer|upload|notify|slack|comment|lint|scan|status|labeler)"
    r"(?:[-_/]|$)|^(?:docker|github/codeql-action|codecov|actions/(?:github-script|create-github-app-token|attest\S*))/"
    r"|harden-runner|configure-aws-credentials|get-gke-credentials|free-disk-space|paths-filter|trivy|checkov|tfsec",
    re.IGNORECASE,
)
LOUD_STEPS = re.compile(
    r"checkout|download|clone|fetch|restore|cache|artifact|generat|render|templat|codegen|copy|sync|extract|retry|exec"
    r"|command|script|build|run",
    re.IGNORECASE,
)
ASIDE = re.compile(r"/(?!home/circleci(?:/project|/?$))|~/(?!project|$)")
"""Where CircleCI's workspace is attached beside the repository."""
