"""What shell scripts do, without running them: `follow(step, tree)`, `script(source, tree)`, `callees(text, tree)`.

`grammar` (over `reader`) reads a text into the statements of `syntax`; `evaluate` walks them in the order of running and
makes a Command of each simple one; `calls` answers every command: builtins, functions, scripts, `make`, `npm`.
"""

from ghapp.pipeline.shell.callees import callees as callees
from ghapp.pipeline.shell.follow import follow as follow
from ghapp.pipeline.shell.follow import script as script
