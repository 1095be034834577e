"""GitHub's GraphQL: queries are validated against GitHub's schema and answered from the same world as REST.

`schema.graphql` is a faithful cut of GitHub's (see scripts/cut_graphql.py). A query that does not fit it is answered
as GitHub answers it, and kept in `github.violations`.
"""

from functools import cache
from importlib import resources
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,  # pyright: ignore[reportUnknownVariableType]
    parse,
    validate,
)

from ghapp.demo.github.errors import Refused
from ghapp.demo.github.graphql.mutations import mutations
from ghapp.demo.github.graphql.views import queries
from ghapp.demo.github.wire import Answer, Call


@cache
def schema() -> GraphQLSchema:
    return build_schema(resources.files("ghapp.demo.github.graphql").joinpath("schema.graphql").read_text())


def graphql(call: Call) -> Answer:
    """Always 200, errors inside, as on GitHub."""
    if call.method != "POST" or not isinstance(call.body.get("query"), str):
        return _refuse(call, "A query attribute must be specified and must be a string.")
    try:
        call.github.limits.spend(call.installation or 0, "graphql", writes=False)
    except Refused as refused:
        if "secondary" in refused.message:
            raise
        return Answer(200, {"errors": [{"type": "RATE_LIMITED", "message": refused.message}]})
    try:
        document = parse(call.body["query"])
    except GraphQLError as error:
        return _refuse(call, error.message)
    problems = validate(schema(), document)
    if problems:
        return _refuse(call, *(each.message for each in problems))
    return _answer(call, document)


def _answer(call: Call, document: DocumentNode) -> Answer:
    mutates = any(
        isinstance(each, OperationDefinitionNode) and each.operation is OperationType.MUTATION
        for each in document.definitions
    )
    root = mutations(call) if mutates else queries(call)
    variables, name = call.body.get("variables"), call.body.get("operationName")
    result = execute_sync(schema(), document, root, None, variables, name, field_resolver=_field)
    for error in result.errors or ():
        if error.original_error and not isinstance(error.original_error, GraphQLError):
            raise error.original_error
        if not error.path:  # the variables do not fit the query
            return _refuse(call, error.message)
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [_told(each) for each in result.errors]
    return Answer(200, body)


def _field(source: dict[str, Any], info: Any, **arguments: Any) -> Any:
    """A field's value, or what its function gives for the arguments."""
    value = source[info.field_name]
    return value(**arguments) if callable(value) else value


def _told(error: GraphQLError) -> dict[str, Any]:
    """GitHub puts the type of an error beside the message, not into `extensions`."""
    told = dict(error.formatted)
    told.pop("extensions", None)
    kind = (error.extensions or {}).get("type")
    return ({"type": kind} if kind else {}) | told


def _refuse(call: Call, *messages: str) -> Answer:
    call.github.violations.append(f"graphql: {'; '.join(messages)}")
    return Answer(200, {"errors": [{"message": message} for message in messages]})
