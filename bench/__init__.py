"""Measures the catalogue on a folder of real CI files. CONTRIBUTING.md says what the folder looks like."""
