#!/bin/sh
# Prefect's own database and role, made when PostgreSQL starts for the first time.
set -eu

psql --set ON_ERROR_STOP=1 --set password="$PREFECT_DATABASE_PASSWORD" --username "$POSTGRES_USER" "$POSTGRES_DB" <<'SQL'
CREATE ROLE prefect LOGIN PASSWORD :'password';
CREATE DATABASE prefect OWNER prefect;
REVOKE CONNECT ON DATABASE zi FROM PUBLIC;
REVOKE CONNECT ON DATABASE prefect FROM PUBLIC;
SQL
