"""What is behind ``siru_course.valuation``."""
