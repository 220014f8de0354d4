"""How large a warehouse is beside its extracts: `python -m benchmarks.size --build FOLDER --extracts FOLDER`.

Bytes of the one file against bytes of the extracts' files, and which tables take most of it.
"""

import argparse
from pathlib import Path

from benchmarks.opened import connected
from benchmarks.pairs import judged, say
from queries.warehouse import WAREHOUSE

MOST = 0.18
AGENCIES = ("police", "probation", "dip", "reference")
SHOWN = 12


def bytes_of(extracts: Path) -> int:
    """Return the bytes of the files that the agencies sent."""
    return sum(path.stat().st_size for agency in AGENCIES for path in (extracts / agency).iterdir() if path.is_file())


def largest(build: Path) -> dict[str, float]:
    """Return the MiB that each of the largest tables takes."""
    with connected(build) as connection:
        block = connection.execute("select block_size from pragma_database_size()").fetchall()[0][0]
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        held = {}
        for name in names:
            found = connection.execute(
                f"""
                select count(distinct block) from (
                    select block_id as block from pragma_storage_info('{name}') where persistent
                    union all
                    select unnest(additional_block_ids) from pragma_storage_info('{name}') where persistent
                )
                """
            ).fetchall()
            held[name] = round(found[0][0] * block / 2**20, 1)
    return dict(sorted(held.items(), key=lambda item: -item[1])[:SHOWN])


def main() -> None:
    """Print the line of bar 6."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--extracts", type=Path, required=True)
    given = parser.parse_args()
    warehouse, extracts = (given.build / WAREHOUSE).stat().st_size, bytes_of(given.extracts)
    share = round(warehouse / extracts, 3)
    say(
        {
            "bar": "6",
            "work": "bytes of the warehouse against bytes of the extracts",
            "ratios": [{"of": "warehouse", "to": "extracts", "bytes": share, **judged(share, most=MOST)}],
            "warehouse, MiB": round(warehouse / 2**20),
            "extracts, MiB": round(extracts / 2**20),
            "largest tables, MiB": largest(given.build),
        }
    )


if __name__ == "__main__":
    main()
