"""The github room."""
