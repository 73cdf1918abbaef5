"""nbgrader's configuration, for the exercises here and for every class directory that is made from them.

A class directory has a file ``language`` beside this one; here, the language of the sources decides cell by cell.
"""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader defines it

_language = Path(__file__).with_name("language")
_code = _language.read_text(encoding="utf-8").strip() if _language.exists() else "en"

# What stands in a task before the learner has written anything. Not an exception: a beginner who runs the whole
# notebook is told by the checks what is left to do, and is not met by a traceback.
_stubs = {
    "en": ("# Write your answer here\n...", "Write your answer here."),
    "sv": ("# Skriv ditt svar här\n...", "Skriv ditt svar här."),
}
c.ClearSolutions.code_stub = {"python": _stubs[_code][0]}
c.ClearSolutions.text_stub = _stubs[_code][1]

c.CourseDirectory.course_id = "siru"
c.ExecutePreprocessor.timeout = 60

# Scores are worked out by the checks; a warning on stderr must not cost a learner the task.
c.ExecutePreprocessor.kernel_name = "python3"
