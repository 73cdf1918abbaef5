"""What is behind ``siru_course.facilitation``."""
