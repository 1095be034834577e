"""Findings in, words for people out: check run, suggestions, SARIF, JSON, terminal. Pure."""

from ghapp.report.annotations import Annotation
from ghapp.report.checkrun import NAME, CheckRun, check_run
from ghapp.report.markdown import marked, marker
from ghapp.report.patch import Patch
from ghapp.report.suggestions import ReviewComment, suggestions

__all__ = ["NAME", "Annotation", "CheckRun", "Patch", "ReviewComment", "check_run", "marked", "marker", "suggestions"]
