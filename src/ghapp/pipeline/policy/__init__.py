"""What a repository demands of its pipelines beyond what fails anywhere: `.github/ghapp.yml`.

`read_policy` is the file's reader, `schema` its JSON Schema for editors. Both come from one table (`keys`).
"""

from ghapp.pipeline.policy.keys import POLICY_KEYS, read_policy, schema
from ghapp.pipeline.policy.policy import PATH, Ignore, Policy, RunBlock, Runner
from ghapp.pipeline.policy.shapes import BrokenPolicy

__all__ = ["PATH", "POLICY_KEYS", "BrokenPolicy", "Ignore", "Policy", "RunBlock", "Runner", "read_policy", "schema"]
