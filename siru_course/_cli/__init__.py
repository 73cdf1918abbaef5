"""What is behind the ``siru`` command."""
