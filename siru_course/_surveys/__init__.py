"""What is behind ``siru_course.surveys``."""
