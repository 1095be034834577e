# `ghapp serve` in a container: docs/install.md. tests/test_repository.py runs what stands here without Docker.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/build && python -m venv /opt/ghapp
COPY requirements/build.txt requirements/base.txt requirements/
RUN /opt/build/bin/python -m pip install --quiet --require-hashes -r requirements/build.txt
RUN /opt/ghapp/bin/python -m pip install --quiet --require-hashes -r requirements/base.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/build/bin/python -m hatchling build --target wheel --directory dist
RUN /opt/ghapp/bin/python -m pip install --quiet --no-deps --no-index dist/*.whl

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/ghapp ghapp
COPY --from=build /opt/ghapp /opt/ghapp
ENV PATH=/opt/ghapp/bin:$PATH PYTHONUNBUFFERED=1
ENV GHAPP_HOST=0.0.0.0 GHAPP_PORT=8000 GHAPP_DATABASE_URL=sqlite:////var/lib/ghapp/ghapp.db
USER 10001
WORKDIR /var/lib/ghapp
VOLUME /var/lib/ghapp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import http.client, os, sys; server = http.client.HTTPConnection('127.0.0.1', int(os.environ['GHAPP_PORT']), timeout=4); server.request('GET', '/healthz'); sys.exit(server.getresponse().status != 200)"]
ENTRYPOINT ["ghapp"]
CMD ["serve"]
