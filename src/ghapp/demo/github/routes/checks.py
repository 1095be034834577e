"""Check runs and check suites over REST."""

from ghapp.demo.github.checks import CheckRun, CheckSuite
from ghapp.demo.github.errors import Refused, not_found
from ghapp.demo.github.routes.answers import created, ok
from ghapp.demo.github.wire import Answer, Call


def create(call: Call) -> Answer:
    run = CheckRun(call.repository, call.body)
    call.repository.runs.append(run)
    return created(run.json())


def update(call: Call) -> Answer:
    run = _run(call)
    run.update(call.body)
    return ok(run.json())


def get(call: Call) -> Answer:
    return ok(_run(call).json())


def list_annotations(call: Call) -> Answer:
    run = _run(call)
    return ok([run.annotation_json(each) for each in call.page(run.annotations)])


def list_for_ref(call: Call) -> Answer:
    return _list(call, call.repository.check_runs(call.repository.commit_at(call.params["ref"]).sha))


def list_for_suite(call: Call) -> Answer:
    return _list(call, _suite(call).runs)


def _list(call: Call, runs: list[CheckRun]) -> Answer:
    """Newest first, and of each name only the latest unless `filter=all`."""
    query = call.query
    if "check_name" in query:
        runs = [run for run in runs if run.name == query["check_name"]]
    if "app_id" in query and int(query["app_id"]) != call.github.app.id:
        runs = []
    if query.get("filter", "latest") == "latest":
        runs = list({run.name: run for run in runs}.values())
    if "status" in query:
        runs = [run for run in runs if run.status == query["status"]]
    runs = sorted(runs, key=lambda run: -run.id)
    return ok({"total_count": len(runs), "check_runs": [run.json() for run in call.page(runs)]})


def rerequest_run(call: Call) -> Answer:
    run = _run(call)
    if run.status != "completed":
        raise Refused(422, "This check run is not rerequestable", [])
    call.repository.rerequest(run)
    return created({})


def get_suite(call: Call) -> Answer:
    return ok(_suite(call).json())


def list_suites(call: Call) -> Answer:
    sha = call.repository.commit_at(call.params["ref"]).sha
    suites = [suite for suite in call.repository.suites if suite.head_sha == sha]
    if "app_id" in call.query and int(call.query["app_id"]) != call.github.app.id:
        suites = []
    if "check_name" in call.query:
        suites = [each for each in suites if any(run.name == call.query["check_name"] for run in each.runs)]
    return ok({"total_count": len(suites), "check_suites": [suite.json() for suite in call.page(suites)]})


def rerequest_suite(call: Call) -> Answer:
    call.repository.rerequest_suite(_suite(call).head_sha)
    return created({})


def _run(call: Call) -> CheckRun:
    number = int(call.params["check_run_id"])
    run = next((each for each in call.repository.runs if each.id == number), None)
    if run is None:
        raise not_found()
    return run


def _suite(call: Call) -> CheckSuite:
    number = int(call.params["check_suite_id"])
    suite = next((each for each in call.repository.suites if each.id == number), None)
    if suite is None:
        raise not_found()
    return suite


HANDLERS = {
    "checks/create": create,
    "checks/update": update,
    "checks/get": get,
    "checks/list-annotations": list_annotations,
    "checks/list-for-ref": list_for_ref,
    "checks/rerequest-run": rerequest_run,
    "checks/list-for-suite": list_for_suite,
    "checks/get-suite": get_suite,
    "checks/list-suites-for-ref": list_suites,
    "checks/rerequest-suite": rerequest_suite,
}
