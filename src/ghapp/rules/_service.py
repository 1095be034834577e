"""Whether the service itself takes a failed deploy back, as far as files of the repository say."""

from __future__ import annotations

import re

from ghapp.pipeline import Pipeline
from ghapp.rules._rollback import RESTORED, without_comments

_INFRASTRUCTURE = re.compile(
    r"\.(tf|tofu|hcl)$|(cloudformation|template|task-?def|service|rollout|cdk|sam)[^/]*\.(ya?ml|json|ts)$"
)
_LIKELY = re.compile(r"ecs|service|deploy|rollout|lambda|app|main", re.IGNORECASE)
MOST = 12
"""How many files of infrastructure are read."""


def restored_elsewhere(pipeline: Pipeline) -> bool:
    """Whether something that the repository says may restore a service whose deploy fails.

    Looks at the pipeline with all that it calls, and at files of infrastructure. One that is not at hand may say so.
    """
    if RESTORED.search(without_comments(pipeline)):
        return True
    paths = sorted(path for path in pipeline.tree.paths or () if _INFRASTRUCTURE.search(path))
    paths.sort(key=lambda path: _LIKELY.search(path) is None)
    for path in paths[:MOST]:
        source = pipeline.tree.source(path)
        if source is None or RESTORED.search(source.text):
            return True
    return False
