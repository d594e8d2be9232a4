FROM node:24.11.1-bookworm-slim AS frontend
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11.14-slim-bookworm
WORKDIR /opt/collimate
COPY requirements.txt ./
RUN pip install --no-cache-dir torch==2.13.0 && pip install --no-cache-dir -r requirements.txt
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY backend/ backend/
COPY migrations/ migrations/
RUN pip install --no-cache-dir --no-deps -e . && python -m compileall -q backend
COPY --from=frontend /build/frontend/dist frontend/dist
RUN useradd --create-home --uid 10001 collimate && mkdir /data && chown collimate /data
USER collimate
VOLUME /data
CMD ["python", "-m", "collimate.app"]
