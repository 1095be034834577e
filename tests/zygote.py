"""Starts servers without delay: everything is imported once, and each server is a fork that can be killed.

A line on standard input starts one; its process id is printed, and an empty line when it is gone.
"""

from __future__ import annotations

import os
import sys

from ghapp import app
from ghapp.rules import catalogue

if __name__ == "__main__":
    catalogue()
    for _ in sys.stdin:
        server = os.fork()
        if not server:
            app.serve()
            os._exit(0)
        print(server, flush=True)
        os.waitpid(server, 0)
        print(flush=True)
