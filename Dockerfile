# Houselore in a container: `docker build -t houselore . && docker run \
#   -p 127.0.0.1:3000:3000 -p 127.0.0.1:3001:3001 houselore` (the sandbox lets in whoever reaches it)
FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/houselore
COPY requirements.txt ./
RUN /opt/houselore/bin/pip install --no-cache-dir --no-deps -r requirements.txt
COPY . .
RUN /opt/houselore/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
# libgomp1: the embedded chat model; tini: reaps what an embedded server leaves.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home houselore \
    && install --directory --owner=houselore --mode=700 /data
COPY --from=build /opt/houselore /opt/houselore
ENV PATH=/opt/houselore/bin:$PATH \
    HOUSELORE_DATA_DIR=/data \
    HOUSELORE_HOST=0.0.0.0
USER houselore
WORKDIR /data
VOLUME /data
EXPOSE 3000 3001
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3001/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--"]
CMD ["houselore", "run"]
