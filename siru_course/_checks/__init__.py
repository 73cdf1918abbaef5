"""What is behind :mod:`siru_course.checks`."""
