"""The data-quality page: files, rules and checks. Counts only, never a value from a row."""

from dashboard import current, words
from dashboard.quality_table import Row, show_table
from queries import quality


def show_files(title: str) -> None:
    """Put every file on the page: rows read, accepted, set aside and repeated, and the dates it covers."""

    def adds_up(row: Row) -> str:
        whole = row["accepted"] + row["quarantined"] + row["duplicates"]
        return "Yes" if row["rows_read"] == whole else f"No: {words.count(row['rows_read'] - whole)} unaccounted for"

    show_table(
        title,
        "Every row read is accepted, set aside with a reason, or an exact repeat of another.",
        quality.files(current.warehouse()).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Rows read", lambda row: words.count(row["rows_read"]), "number"),
            ("Accepted", lambda row: words.count(row["accepted"]), "number"),
            ("Set aside", lambda row: words.count(row["quarantined"]), "number"),
            ("Repeats", lambda row: words.count(row["duplicates"]), "number"),
            ("Adds up", adds_up, "name"),
            ("Values emptied", lambda row: words.count(row["nulled"]), "number"),
            ("Values repaired", lambda row: words.count(row["repaired"]), "number"),
            (
                "Covered from",
                lambda row: words.day(row["covered_from"]) if row["covered_from"] else "Not stated",
                "name",
            ),
            ("Covered to", lambda row: words.day(row["covered_to"]) if row["covered_to"] else "Not stated", "name"),
        ],
        "No files have been taken in.",
    )


def show_rules(title: str) -> None:
    """Put every rule that some row broke on the page."""
    show_table(
        title,
        "A row that breaks a rule is set aside; a value that does is emptied and the row kept.",
        quality.rules(current.warehouse()).rows(named=True),
        [
            ("File", lambda row: row["file"], "name"),
            ("Rule", lambda row: words.sentence(str(row["rule"]).replace("_", " ")), "name"),
            ("Column", lambda row: row["column_name"] or "Whole row", "name"),
            (
                "What happens",
                lambda row: {"row": "Row set aside", "field": "Value emptied"}[row["severity"]],
                "name",
            ),
            ("Rows", lambda row: words.count(row["rows"]), "number"),
        ],
        "No row broke a rule.",
    )


def show_checks(title: str) -> None:
    """Put every check on the page, with how many rows it found and whether any would stop publication."""
    show_table(
        title,
        "A check is a question whose every answer is a problem.",
        quality.checks(current.warehouse()).rows(named=True),
        [
            ("Check", lambda row: str(row["title"]), "words"),
            (
                "If it finds something",
                lambda row: {"hard": "Nothing is published"}.get(row["severity"], "It is said here"),
                "name",
            ),
            ("Found", lambda row: words.count(row["rows"]), "number"),
        ],
        "There are no checks.",
    )
