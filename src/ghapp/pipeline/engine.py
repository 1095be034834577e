"""Runs the rules over pipelines. Filled in with the engine."""
