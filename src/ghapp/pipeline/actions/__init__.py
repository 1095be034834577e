"""GitHub Actions: workflows and composite actions as the model that rules read."""

from ghapp.pipeline.actions.action import action
from ghapp.pipeline.actions.workflow import triggers, workflow

__all__ = ["action", "triggers", "workflow"]
