"""What is behind ``siru_course.results``."""
