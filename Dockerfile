# One image for web, worker and beat; docker-compose.yml says which of them a container is.
# For a build that is the same tomorrow: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE}

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN groupadd --system --gid 10001 portal \
 && useradd --system --uid 10001 --gid portal --no-create-home --home-dir /app portal

WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-deps --only-binary :all: --require-hashes -r requirements/base.txt
COPY . .

# Files of the look get names made of their content and are compressed once, here. The key signs
# nothing: it is for this one command and stays in no layer.
ENV STATIC_ROOT=/app/.static MEDIA_ROOT=/data/media
RUN python -m compileall -q . \
 && SECRET_KEY=only-to-collect-the-files python manage.py collectstatic --noinput --verbosity 0 \
 && install -d -o portal -g portal /data /data/media /data/tmp /metrics

ENV PYTHONDONTWRITEBYTECODE=1 BIND=0.0.0.0 PORT=8000 BEAT_SCHEDULE=/tmp/celerybeat-schedule
# Web processes add their figures up in here; without it /metrics tells of one process at a time.
ENV PROMETHEUS_MULTIPROC_DIR=/metrics
USER portal
VOLUME /data
EXPOSE 8000
# `docker run … web`, `… worker`, `… beat`: the line of that name in the Procfile; else any command.
ENTRYPOINT ["sh", "/app/deploy/start"]
CMD ["web"]
