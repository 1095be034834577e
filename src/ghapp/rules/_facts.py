"""Facts that age, as data files with their source and date."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from typing import Any


@cache
def facts(name: str) -> dict[str, Any]:
    """The data file `facts/NAME.json`, read when it is first asked for."""
    data = pkgutil.get_data(__package__ or "", f"facts/{name}.json")
    return json.loads(data or b"{}")
