"""What is behind ``siru_course.attribution``."""
