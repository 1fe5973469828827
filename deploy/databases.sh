#!/bin/sh
# Made when PostgreSQL starts for the first time, by POSTGRES_USER, which owns our database: the role that works in it,
# and Prefect's own database and role. `zi init` and `zi migrate` give the working role its rights.
set -eu

psql --set ON_ERROR_STOP=1 --set work="$WORK_PASSWORD" --set prefect="$PREFECT_DATABASE_PASSWORD" \
  --username "$POSTGRES_USER" "$POSTGRES_DB" <<'SQL'
CREATE ROLE zi LOGIN PASSWORD :'work';
CREATE ROLE prefect LOGIN PASSWORD :'prefect';
CREATE DATABASE prefect OWNER prefect;
REVOKE CONNECT ON DATABASE zi FROM PUBLIC;
REVOKE CONNECT ON DATABASE prefect FROM PUBLIC;
SQL
