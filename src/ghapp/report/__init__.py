"""Findings in, words for people out: check run, comments, SARIF, JSON, terminal. Pure."""

from ghapp.report.annotations import Annotation
from ghapp.report.checkrun import NAME, Button, CheckRun, check_run
from ghapp.report.comments import Comments, Spot
from ghapp.report.links import links_below, links_to
from ghapp.report.machine import json_report, workflow_commands
from ghapp.report.patch import Patch
from ghapp.report.picture import pictures
from ghapp.report.policy import broken_policy, effect_section, policy_section
from ghapp.report.sarif import sarif
from ghapp.report.terminal import text

__all__ = [
    "NAME",
    "Annotation",
    "Button",
    "CheckRun",
    "Comments",
    "Patch",
    "Spot",
    "broken_policy",
    "check_run",
    "effect_section",
    "json_report",
    "links_below",
    "links_to",
    "pictures",
    "policy_section",
    "sarif",
    "text",
    "workflow_commands",
]
