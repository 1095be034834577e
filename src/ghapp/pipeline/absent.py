"""Whether the repository lacks a path, and no clone and no build can be expected to bring it."""

from __future__ import annotations

import re
from collections.abc import Callable

from ghapp.pipeline.glob import LONGEST_PATH, glob_regex
from ghapp.pipeline.kept import kept
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
_GLOBS = 50

_Pattern = tuple[bool, Callable[[str], object]]


@kept
def _globs(tree: Tree) -> set[str]:
    """The globs that were held against its paths."""
    return set()


@kept
def _ignores(tree: Tree) -> dict[str, list[_Pattern]]:
    """What its .gitignore files say, by their paths."""
    return {}


def absent(tree: Tree, path: str, *, glob: bool = False) -> bool:
    """Whether no file or directory of the repository is at `path`, or matches it, and none can be expected to.

    False for a path below a submodule or a link, and in a directory that builds make.
    """
    if not path or len(path) > LONGEST_PATH or (_matches(tree, path) if glob else tree.has(path)):
        return False
    names = path.split("/")
    if not _BUILT.isdisjoint(names[:-1] or names) or _BUILT_FILE.search(path):
        return False
    above = ("/".join(names[:at]) for at in range(1, len(names)))
    return not any(each in (tree.paths or ()) for each in above)  # a submodule, or a link to a directory


def _matches(tree: Tree, pattern: str) -> bool:
    """Whether the glob names a file; also when too many have been held against the repository's paths already."""
    fixed = re.split(r"[*?[]", pattern, maxsplit=1)[0].rpartition("/")[0]
    if fixed and fixed not in tree.directories:
        return False
    asked = _globs(tree)
    if len(asked) >= _GLOBS and pattern not in asked:
        return True
    asked.add(pattern)
    return bool(tree.matching(pattern))


def ignored(tree: Tree, names: list[str]) -> bool:
    """Whether git ignores the path made of `names`, as far as the .gitignore files around it are at hand."""
    known = _ignores(tree)
    for at in range(len(names)):
        path = "/".join([*names[:at], ".gitignore"])
        if path not in known:
            source = tree.source(path)
            known[path] = _patterns(source.lines) if source is not None else []
        ends = ["/".join(names[at:end]) for end in range(at + 1, len(names) + 1)]
        for anchored, matches in known[path]:
            if any(map(matches, ends if anchored else names[at:])):
                return True
    return False


def _patterns(lines: list[str]) -> list[_Pattern]:
    """The patterns of a .gitignore, each with whether it is held against whole paths rather than single names."""
    texts = (line.strip() for line in lines[:_LINES])
    patterns = (text.removeprefix("**/").rstrip("/") for text in texts if text and text[0] not in "#!")
    return [("/" in each, glob_regex(each.lstrip("/")).fullmatch) for each in patterns]
