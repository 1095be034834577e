"""The whole thing on one machine: a GitHub to play with, the real App, and pull requests with something wrong.

`ghapp.demo.github` is the GitHub, which the tests talk to as well. `run` is what `ghapp demo` does.
"""


def run(*, once: bool) -> int:
    """Shows two pull requests being reviewed, and where to look. Gives the exit status.

    With `once` it prints what was posted and ends, with 1 when something is missing; otherwise it goes on until Ctrl-C,
    and reviews what is pushed by the pages' buttons.
    """
    from ghapp.demo.show import show  # the server and its libraries load only for this command

    return show(once=once)


__all__ = ["run"]
