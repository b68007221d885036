"""A second process that appends to the log: `python -m … URL STREAM COUNT`."""

import sys

from tests.contracts.stores.racing import append
from tests.making import migrated, sql_store

if __name__ == "__main__":
    url, stream, count = sys.argv[1:]
    with migrated(url) as database:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        append(sql_store(database), stream, times=int(count))
    sys.stdout.write("done\n")
