"""What a repository demands of its pipelines beyond what fails anywhere: `.github/ghapp.yml`.

`read_policy` reads one file; `laid_over` lays a repository's over its organisation's; `schema` is the JSON Schema for
editors. All come from one table (`keys`).
"""

from ghapp.pipeline.policy.keys import POLICY_KEYS, schema
from ghapp.pipeline.policy.policy import PATH, Ignore, Overruled, Policy, RunBlock, Runner
from ghapp.pipeline.policy.reading import PolicyFile, laid_over, read_file, read_policy
from ghapp.pipeline.policy.shapes import BrokenPolicy

__all__ = [
    "PATH",
    "POLICY_KEYS",
    "BrokenPolicy",
    "Ignore",
    "Overruled",
    "Policy",
    "PolicyFile",
    "RunBlock",
    "Runner",
    "laid_over",
    "read_file",
    "read_policy",
    "schema",
]
