"""What shell scripts do, without running them: `follow(step, tree)`, `script(source, tree)`, `callees(text, tree)`.

`grammar` (over `reader` and `simple`) reads a text into the statements of `syntax`. `evaluate` and `control` walk them
in the order of running and make a Command of each simple one. `calls` answers every command: builtins, functions,
scripts, `make`, `npm`; what is followed, and what leaves a gap, stands there.
"""

from ghapp.pipeline.shell.callees import callees as callees
from ghapp.pipeline.shell.follow import follow as follow
from ghapp.pipeline.shell.follow import script as script
