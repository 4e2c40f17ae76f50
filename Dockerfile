# One image for all our processes: `server`, `server worker`, `media`. Built in one stage, run in another
# that has no compiler, no pip cache and no root.

ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
# A compiler is for packages without a wheel for this machine, and for our own native parts where there are
# any: NATIVE=no leaves it out, and everything runs in Python.
ARG NATIVE=yes
# The distribution has one version, the newest with its fixes: there is nothing to pin.
# hadolint ignore=DL3008
RUN if [ "$NATIVE" = yes ]; then \
        apt-get update && \
        apt-get install -y --no-install-recommends build-essential && \
        rm -rf /var/lib/apt/lists/*; \
    fi
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/peerlearn
ENV PATH=/opt/peerlearn/bin:$PATH
WORKDIR /build
# The packages change seldom: their layer is kept while only our own code changes.
COPY requirements requirements
RUN pip install --require-hashes -r requirements/run.lock
COPY . .
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . && \
    pip install --no-deps dist/peerlearn-*.whl && \
    python -m compileall -q /opt/peerlearn/lib

FROM python:${PYTHON} AS run
RUN groupadd --system --gid 10001 peerlearn && \
    useradd --system --uid 10001 --gid peerlearn --home-dir /var/lib/peerlearn --shell /usr/sbin/nologin peerlearn && \
    install -d -o peerlearn -g peerlearn -m 0750 /var/lib/peerlearn /var/lib/peerlearn-storage
COPY --from=build /opt/peerlearn /opt/peerlearn
ENV PATH=/opt/peerlearn/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PEERLEARN_ENV=production \
    PEERLEARN_HOST=0.0.0.0 \
    PEERLEARN_DATA_DIR=/var/lib/peerlearn \
    PEERLEARN_HEALTH_URL=http://127.0.0.1:8000/healthz
USER 10001:10001
WORKDIR /
VOLUME ["/var/lib/peerlearn", "/var/lib/peerlearn-storage"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ['PEERLEARN_HEALTH_URL'], timeout=2)"]
ENTRYPOINT ["python", "-m"]
CMD ["server"]
