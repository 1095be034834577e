"""Reports that other programs read: their form is a contract."""

from __future__ import annotations

import json
from dataclasses import replace

from report.build import EDIT, EVERYTHING, IN_A_SCRIPT, MENDABLE, MESSAGE, PLACE, SCRIPT, WORKFLOW, a_diagnostic

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Confidence, Edit, Severity
from ghapp.report import json_report, sarif, workflow_commands


def test_json_has_the_new_findings_in_the_form_of_the_contract() -> None:
    report = json.loads(json_report(replace(EVERYTHING, new=(IN_A_SCRIPT,))))

    assert list(report) == ["diagnostics", "errors", "ignored", "files", "seconds"]
    assert report["diagnostics"] == [
        {
            "rule": "failure-masked",
            "sources": ["S2.2"],
            "path": SCRIPT,
            "line": 3,
            "end_line": 3,
            "column": 1,
            "end_column": 23,
            "severity": "warning",
            "confidence": "high",
            "message": IN_A_SCRIPT.finding.message,
            "evidence": [
                {"path": WORKFLOW, "line": 9, "text": "the job calls the script here"},
                {"path": SCRIPT, "line": 2, "text": "`set -e` does not look behind `||`"},
            ],
            "fingerprint": "fedcba9876543210",
            "fix": {"first": 3, "last": 3, "text": "terraform plan\n", "proven": False},
        }
    ]
    assert report["errors"] == [
        {"path": ".circleci/config.yml", "line": 3, "message": "A tab cannot indent YAML: use spaces."},
        {"path": WORKFLOW, "line": 1, "message": "The rule cache-key-without-lockfile failed: KeyError: 'steps'"},
    ]
    assert report["ignored"] == [
        {"rule": "failure-masked", "path": SCRIPT, "line": 3, "reason": "The plan is *only* for reading, says @jo."},
        {"rule": "terraform-validate-without-init", "path": WORKFLOW, "line": 8, "reason": "The image has it."},
    ]
    assert (report["files"], report["seconds"]) == (3, 0.1234)


def test_json_has_no_fix_where_there_is_none_for_the_file_itself() -> None:
    elsewhere = a_diagnostic(edit=replace(EDIT, path=SCRIPT), proven=True)
    report = json.loads(json_report(Outcome(new=(a_diagnostic(), elsewhere), files=1)))

    assert [each["fix"] for each in report["diagnostics"]] == [None, None]


def test_json_holds_names_that_are_not_utf_8() -> None:
    text = json_report(Outcome(new=(a_diagnostic(place=replace(PLACE, path="a\udcff.yml")),), files=1))

    assert text.isascii()
    assert json.loads(text)["diagnostics"][0]["path"] == "a\udcff.yml"


def test_workflow_commands_are_escaped_as_the_runner_reads_them() -> None:
    place = replace(PLACE, path="a,b:c%.yml")
    each = a_diagnostic(place=place, message="100 % of: this, and that", severity=Severity.NOTICE)

    assert workflow_commands(Outcome(new=(each,), files=1)) == (
        "::notice file=a%2Cb%3Ac%25.yml,line=8,endLine=8,col=14,endColumn=32,"
        "title=`terraform validate` runs before `terraform init`"
        "::100 %25 of: this, and that%0A%0Aghapp explain terraform-validate-without-init\n"
    )


def test_workflow_commands_have_an_error_for_every_failure_and_broken_file() -> None:
    over_lines = a_diagnostic(place=replace(PLACE, end_line=9))
    lines = workflow_commands(replace(EVERYTHING, new=(over_lines, IN_A_SCRIPT))).splitlines()

    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::warning"]
    assert "file=.circleci/config.yml,line=3,endLine=3,title=The file cannot be read::A tab" in lines[0]
    assert "line=8,endLine=9,title=" in lines[1]


def test_a_finding_of_low_confidence_is_no_workflow_command() -> None:
    assert workflow_commands(Outcome(new=(a_diagnostic(confidence=Confidence.LOW),), files=1)) == ""


def test_sarif_says_rules_places_fixes_and_what_went_wrong() -> None:
    log = json.loads(sarif(EVERYTHING, "1.2.3"))
    [run] = log["runs"]
    masked, mendable, low = run["results"]

    assert log["version"] == "2.1.0"
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "failure-masked",
        "terraform-validate-without-init",
    ]
    assert [each["ruleIndex"] for each in run["results"]] == [0, 1, 1]
    assert [each["level"] for each in run["results"]] == ["warning", "error", "note"]
    assert mendable["message"]["text"] == MESSAGE
    assert mendable["partialFingerprints"] == {"ghapp/v1": MENDABLE.fingerprint}
    assert mendable["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": WORKFLOW, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 8, "startColumn": 14, "endLine": 8, "endColumn": 32},
    }
    [change] = mendable["fixes"][0]["artifactChanges"]
    assert change["replacements"][0] == {
        "deletedRegion": {"startLine": 8, "startColumn": 1, "endLine": 9, "endColumn": 1},
        "insertedContent": {"text": EDIT.text},
    }
    assert "fixes" not in masked
    assert [each["message"]["text"] for each in masked["relatedLocations"]] == [
        each.text for each in IN_A_SCRIPT.finding.evidence
    ]
    assert low["properties"] == {"confidence": "low"}
    assert run["invocations"][0]["executionSuccessful"] is False
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


def test_sarif_writes_paths_as_addresses() -> None:
    edit = Edit("a b#\udcff/é.yml", 1, 1, ())
    each = a_diagnostic(place=replace(PLACE, path=edit.path), edit=edit, proven=True)
    [run] = json.loads(sarif(Outcome(new=(each,), files=1), "1"))["runs"]
    [result] = run["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%23%FF/%C3%A9.yml"
    assert result["fixes"][0]["artifactChanges"][0]["artifactLocation"]["uri"] == "a%20b%23%FF/%C3%A9.yml"
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
