# The image of the exchange. Build it in this folder:
#   docker build --file ngshare.Dockerfile --tag registry.example.org/ngshare:0.6.0 .
FROM python:3.11-slim-bookworm

# With SQLAlchemy 2, ngshare 0.6.0 says that it has released an assignment, and has not kept it.
RUN pip install --no-cache-dir "ngshare==0.6.0" "SQLAlchemy>=1.4.54,<2" "alembic>=1.13,<1.14" "jupyterhub==5.5.0"

EXPOSE 8080
ENTRYPOINT ["python", "-m", "ngshare", "--database", "sqlite:////srv/ngshare/ngshare.db", "--storage", "/srv/ngshare/files"]
