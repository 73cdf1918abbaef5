"""What is behind ``siru_course.conversations``."""
