"""What is behind ``siru_course.mapping``."""
