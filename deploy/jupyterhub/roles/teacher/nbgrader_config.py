"""nbgrader as the teacher's server and terminals use it: the class directory, and the exchange."""

import os
from pathlib import Path

c = get_config()

root = Path.home() / os.environ["SIRU_CLASS_DIRECTORY"]
load_subconfig(str(root / "nbgrader_config.py"))  # nothing before the class directory is made

c.CourseDirectory.course_id = "siru"
c.CourseDirectory.root = str(root)
# On Kubernetes there is no shared folder: ngshare takes its place.
if "SIRU_EXCHANGE" in os.environ:
    c.Exchange.root = os.environ["SIRU_EXCHANGE"]
