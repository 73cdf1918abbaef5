"""What is behind ``siru_course.procurement``."""
