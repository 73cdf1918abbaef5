"""nbgrader's configuration, for the exercises here and for every class directory that is made from them.

A class directory has a file ``language`` beside this one; here, the language of the sources decides cell by cell.
"""

from pathlib import Path

c = get_config()

_language = Path(__file__).with_name("language")
_code = _language.read_text(encoding="utf-8").strip() if _language.exists() else "en"

# What stands in a task before the learner has written anything. Not an exception: a beginner who runs the whole
# notebook is told by the checks what is left to do, and is not met by a traceback.
_stub = {"en": "Write your answer here", "sv": "Skriv ditt svar här"}[_code]
c.ClearSolutions.code_stub = {"python": f"# {_stub}"}
c.ClearSolutions.text_stub = f"{_stub}."

# Mark schemes stand in read-only cells. As nbgrader's own "task" cells they would ask the teacher for points.
c.ClearMarkScheme.enforce_metadata = False

c.CourseDirectory.course_id = "siru"
c.ExecutePreprocessor.timeout = 60

c.ExecutePreprocessor.kernel_name = "python3"

# In nbgrader's own feedback and in formgrader, what a student wrote can neither run nor load anything: formgrader
# opens it with the teacher's own rights.
c.HTMLExporter.preprocessors = ["siru_course.classroom._clean.SafeOutputs"]
c.HTMLExporter.filters = {"markdown2html": "siru_course.classroom._clean.rendered"}
