"""GraphQL: not there yet."""

from ghapp.demo.github.wire import Answer, Call


def graphql(call: Call) -> Answer:
    return Answer(200, {"data": None, "errors": [{"message": f"no GraphQL yet: {call.path}"}]})
