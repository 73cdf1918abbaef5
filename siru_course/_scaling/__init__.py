"""What is behind ``siru_course.scaling``."""
