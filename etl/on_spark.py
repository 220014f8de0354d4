"""Work out unit rows on Spark: `spark-submit run.py FOLDER`. It needs pyspark and nothing else of anybody's.

`ppo export FOLDER` puts this file there as `run.py`. It reads `events/*.parquet` and `sql/*.sql`, and writes
`units/NAME.parquet` for each: one row per unit, with every breakdown. `ppo take-units FOLDER` puts them in use.
"""

import sys
from pathlib import Path

from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]


def run(folder: str, spark: SparkSession) -> dict[str, int]:
    """Write the unit rows that the folder asks for, and return how many rows each has."""
    # Days before 1582 stand for "always": they are taken as they are written.
    spark.conf.set("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED")
    spark.conf.set("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    here = Path(folder)
    for path in sorted((here / "events").glob("*.parquet")):
        spark.read.parquet(str(path)).createOrReplaceTempView(path.stem)
    rows = {}
    for path in sorted((here / "sql").glob("*.sql")):
        written = str(here / "units" / f"{path.stem}.parquet")
        spark.sql(path.read_text(encoding="utf-8")).write.mode("overwrite").parquet(written)
        rows[path.stem] = spark.read.parquet(written).count()
    return rows


def main() -> None:
    """Run on the folder that is named, or on the one this file is in, and say how many rows there are."""
    folder = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parent)
    spark = SparkSession.builder.appName("unit rows").getOrCreate()
    for name, rows in run(folder, spark).items():
        sys.stdout.write(f"{name}: {rows} rows\n")
    spark.stop()


if __name__ == "__main__":
    main()
