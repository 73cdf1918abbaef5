"""What is behind ``siru_course.networks``."""
