"""Two repositories in which nothing is wrong, and on each a pull request that breaks what no linter sees.

`NAME/base` holds what the base branch has, `NAME/change` the files that the pull request writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from ghapp.demo.github import File, GitHub, Pull

EXECUTABLE = "100755"


@dataclass(frozen=True, slots=True)
class Sample:
    """`folder` beside this module becomes the repository `repository` with one open pull request.

    `rules` are those that the pull request breaks.
    """

    folder: str
    repository: str
    branch: str
    title: str
    body: str
    rules: tuple[str, ...]

    def open(self, github: GitHub) -> Pull:
        """Makes the repository and opens the pull request."""
        repository = github.repository(self.repository, self.files("base"))
        repository.commit(self.files("change"), branch=self.branch, message=self.title)
        return repository.pull_request(head=self.branch, title=self.title, body=self.body)

    def files(self, part: str) -> dict[str, File]:
        here = resources.files("ghapp.demo.samples").joinpath(self.folder, part)
        return {path: File(data, EXECUTABLE if path.endswith(".sh") else "100644") for path, data in _below(here)}


SAMPLES = (
    Sample(
        "storefront",
        "acme/storefront",
        "validate-and-scan",
        "Validate scripts and infrastructure, scan images",
        "Before anything is deployed, the scripts go through shellcheck, the infrastructure through "
        "`terraform validate`, and the images through Trivy. Go's caches are kept between runs.",
        (
            "path-matches-nothing",
            "terraform-validate-without-init",
            "cache-key-misses-lockfiles",
            "scanner-fails-on-everything",
        ),
    ),
    Sample(
        "tenants",
        "acme/tenants",
        "ship-the-services",
        "Ship the services, check PCI-DSS",
        "Pushes the images of the services to ECR, and has Prowler scan the account for PCI-DSS.",
        ("cache-key-hashes-nothing", "ecr-push-without-login", "prowler-unknown-framework"),
    ),
)


def _below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()
