"""What is behind ``siru_course.matchmaking``."""
