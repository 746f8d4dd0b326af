# How to build and run it: docs/deployment.md, "Docker".
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_BROWSER_GATHER_USAGE_STATS=false \
    STREAMLIT_BROWSER_SERVER_ADDRESS=localhost \
    RED_PANDAS_HOME=/data

# The account first: its number stays the same when the packages change, so a kept volume stays readable.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /srv/app --shell /usr/sbin/nologin app \
    && mkdir -p /srv/app /data \
    && chown app:app /data

WORKDIR /srv/app
COPY requirements.txt .
RUN pip install -r requirements.txt

COPY app.py ./
COPY .streamlit .streamlit
COPY pages pages
COPY components components
COPY sandbox sandbox
COPY services services
# Compiled as root: the account below may not write here, and would compile at every start.
RUN python -m compileall -q app.py pages components sandbox services

USER app
VOLUME /data
EXPOSE 8501
# Any path of a plain Streamlit app answers 200 with the page: only the words of ours count as healthy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import sys, urllib.request as u; sys.exit(b'\"ok\"' not in u.urlopen('http://127.0.0.1:8501/healthz', timeout=4).read())"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501"]
