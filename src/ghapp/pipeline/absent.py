"""Whether the repository lacks a path, and no clone and no build can be expected to bring it."""

from __future__ import annotations

import re
from collections.abc import Callable

from ghapp.pipeline.glob import glob_regex
from ghapp.pipeline.tree import Tree

_BUILT = frozenset(
    name
    for names in (
        "dist build target out output outputs coverage node_modules .terraform reports report tmp temp artifacts",
        "artifact results test-results test-reports logs log cache .cache venv .venv env vendor site public _site",
        "cdk.out .aws-sam .next .nuxt obj generated gen release releases .serverless workspace __pycache__ certs",
        "allure-results playwright-report screenshots downloads wheelhouse secrets .ssh .aws .kube .docker .tox",
        ".gradle .git .env .bundle .cargo .npm .yarn .local .nvm",
    )
    for name in names.split()
)
"""Directories that builds make, and git ignores as a rule."""

_BUILT_FILE = re.compile(
    r"(?:^|/)(?:\.env[\w.-]*|[\w.-]*\.env|activate|[\w.-]*kubeconfig[\w.-]*|id_[a-z0-9]+|terraform\.tfvars|a\.out)$"
    r"|\.(?:log|tfplan|plan|tfstate|tgz|tar|gz|zip|whl|jar|war|deb|rpm|exe|dll|so|pem|key|crt|cer|p12|pfx|jks|keystore"
    r"|sarif|lcov|bak|tmp|out|pid|sock|dump|db|auto\.tfvars)$"
    r"|(?:coverage|junit|result|report|response|output|payload|secret|credential|token|sbom|version|changelog|summary"
    r"|generated|rendered|diff|metadata|manifest|digest)[\w.-]*\.(?:json|xml|txt|html|csv|md|ya?ml)$",
    re.IGNORECASE,
)
"""Files that a job writes, or that people keep out of repositories."""

_LINES = 1_000


def absent(tree: Tree, path: str, *, glob: bool = False) -> bool:
    """Whether no file or directory of the repository is at `path`, or matches it, and none can be expected to.

    False for a path below a submodule or a link, and in a directory that builds make.
    """
    if not path or (_matches(tree, path) if glob else tree.has(path)):
        return False
    names = path.split("/")
    if not _BUILT.isdisjoint(names[:-1] or names) or _BUILT_FILE.search(path):
        return False
    above = ("/".join(names[:at]) for at in range(1, len(names)))
    return not any(each in (tree.paths or ()) for each in above)  # a submodule, or a link to a directory


def _matches(tree: Tree, pattern: str) -> bool:
    fixed = re.split(r"[*?[]", pattern, maxsplit=1)[0].rpartition("/")[0]
    return (not fixed or fixed in tree.directories) and bool(tree.matching(pattern))


def ignored(tree: Tree, names: list[str]) -> bool:
    """Whether git ignores the path made of `names`, as far as the .gitignore files around it are at hand."""
    for at in range(len(names)):
        source = tree.source("/".join([*names[:at], ".gitignore"]))
        for line in source.lines[:_LINES] if source is not None else ():
            pattern = line.strip()
            if pattern and pattern[0] not in "#!" and _ignores(pattern, names[at:]):
                return True
    return False


def _ignores(pattern: str, names: list[str]) -> bool:
    matches: Callable[[str], object] = glob_regex(pattern.strip("/").removeprefix("**/")).fullmatch
    if "/" in pattern.rstrip("/").removeprefix("**/"):
        return any(matches("/".join(names[: end + 1])) for end in range(len(names)))
    return any(matches(name) for name in names)
