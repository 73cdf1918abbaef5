"""What is behind ``siru_course.theory_of_change``."""
