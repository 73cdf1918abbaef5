"""What is behind ``siru_course.dialogue``."""
