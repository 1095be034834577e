"""ghapp: a GitHub App that finds CI pipelines which lint cleanly and still do the wrong thing."""
