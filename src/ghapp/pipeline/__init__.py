"""Text in, model out: the words that rules are written with. No I/O on this floor."""

from ghapp.pipeline.model import Command, Gap, Job, Mask, Pipeline, Step, StepKind, Word
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Evidence, Finding, Platform, Rule, Severity

__all__ = [
    "Command",
    "Confidence",
    "Diagnostic",
    "Edit",
    "Evidence",
    "Finding",
    "Gap",
    "Job",
    "Mask",
    "Pipeline",
    "Platform",
    "Rule",
    "Severity",
    "Step",
    "StepKind",
    "Word",
]
