"""What a line of the audit log says on the page, in words that a manager reads."""

import pytest

from dashboard.audit_page import about


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"measure": "reoffending_rate", "period": "2009/10"},
            "measure: one-year proven re-offending rate; period: 2009/10",
        ),
        ({"measure": "caseload", "as_at": "2010-03-31"}, "measure: people on the scheme; as at: 31 March 2010"),
        ({"period": "2010-03-31"}, "period: 31 March 2010"),
        ({"filters": "ppo sex", "rows": 12}, "filters: on a PPO scheme and sex; rows: 12"),
        ({"filters": "of_another_time"}, "filters: of_another_time"),
        ({"measure": "gone_since"}, "measure: gone_since"),
        ({"page": "cohort", "reason": "not_permitted"}, "not for this role; page: cohort"),
        ({"reason": "of_another_time"}, "of_another_time"),
    ],
    ids=str,
)
def test_a_line_is_about_things_by_their_names(said, words):
    assert about(said) == words
