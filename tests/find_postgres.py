"""Prints the address of a PostgreSQL to test on, or nothing (and fails) when none answers. No test itself."""

import os
import sys

import psycopg

LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


def answering() -> str | None:
    """TEST_POSTGRES_URL as it is (a wrong one is for the tests to complain of), else a server on this machine."""
    if wished := os.environ.get("TEST_POSTGRES_URL"):
        return wished
    try:
        psycopg.connect(LOCAL, connect_timeout=2).close()
    except psycopg.Error:
        return None
    return LOCAL.rpartition("/")[0] + "/plenary"


if __name__ == "__main__":
    if url := answering():
        print(url)  # noqa: T201
    else:
        sys.exit(1)
