"""What is behind ``siru_course.board``."""
