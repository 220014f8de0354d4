"""What a browser waits for at first: `python -m benchmarks.opening --build FOLDER [--rounds N]`.

From an address to the first chart painted, in a browser that keeps nothing from before, beside the same on
`benchmarks/bare.py`: a Streamlit page of one choice and one chart. The clock is that of `benchmarks.browser`.
"""

from playwright.sync_api import Browser

from benchmarks.browser import BARE, OURS, Asked, both, middle, opened, settled, taken
from benchmarks.pairs import Bar, Taken, arguments, compared, say

BARS = tuple(Bar(name, "bare", most=2.0) for name in OURS)


def cold(browser: Browser, address: str, asked: Asked) -> float:
    """Return the seconds from an address to the first chart."""
    with opened(browser) as page:
        page.goto(f"{address}/{asked.path}")
        settled(page)
        return page.evaluate("seen.first") / 1000


def main() -> None:
    """Print the line of bar 13."""
    given = arguments(__doc__).parse_args()
    found: dict[str, list[Taken]] = {name: [] for name in ("bare", *OURS)}
    with both(given.build) as (browser, ours, bare):
        for _ in range(given.rounds):
            found["bare"] += taken([cold(browser, bare, BARE)])
            for name, asked in OURS.items():
                found[name] += taken([cold(browser, ours, asked)])
    ratios = [compared(found, bar) for bar in BARS]
    work = "from an address to the first chart"
    say({"bar": "13", "work": work, "ratios": ratios, "rounds": given.rounds, "milliseconds": middle(found)})


if __name__ == "__main__":
    main()
