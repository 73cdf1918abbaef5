"""nbgrader as a student's server and terminals use it: the exchange, and who the student is."""

import os

c = get_config()

c.CourseDirectory.course_id = "siru"
# On Kubernetes there is no shared folder: ngshare takes its place, and knows who is asking.
if "SIRU_EXCHANGE" in os.environ:
    c.Exchange.root = os.environ["SIRU_EXCHANGE"]
    c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
