-- How well records were linked, as far as the build can tell, and how far figures could move.

-- section: rules
-- One row per file and rule, with an estimate of how many of its links are right. Rules that go by name, birth and
-- weight are judged on records whose identifier was hidden from them. The PNC id is judged by how many were caught
-- out: a wrong one passes when the name or the birth is the same by chance, so for each caught so many pass unseen.
select
    links.file,
    links.rule,
    cast(sum(links.records) as integer) as records,
    any_value(trials.records) as tried,
    any_value(trials.same_person) as tried_right,
    case
        when links.rule = 'same PNC id'
            then 1 - least(
                any_value(chance.disbelieved * chance.believed_by_chance / (1 - chance.believed_by_chance))
                / nullif(sum(links.records), 0),
                1
            )
        else any_value(trials.same_person / nullif(trials.records, 0))
    end as precision
from links
left join link_trials as trials
    on links.file = trials.file and links.rule = trials.rule and trials.rule <> 'not linked'
left join link_chance as chance on links.file = chance.file and links.rule = 'same PNC id'
group by links.file, links.rule
order by links.file asc, records desc, links.rule asc

-- section: agencies
-- One row per agency whose records are linked: how many are, and estimates of how many of the links are right
-- (precision) and of those that should be there are (recall). What the identifiers leave is taken to be found as often
-- as the records whose identifier was hidden.
with counted as (
    select
        file,
        sum(records) filter (where rule not like 'no consent%' and rule not like 'asked to be%') as records,
        sum(records) filter (where rule in ('not linked', 'kept apart by a decision', 'prison number')) as unlinked,
        sum(records) filter (where rule = 'same PNC id') as by_number,
        sum(records) filter (where rule like 'same name%' or rule = 'weight of the evidence') as by_evidence
    from links
    where file <> 'police/people'
    group by file
),

tried as (
    select
        file,
        sum(records) as hidden,
        sum(records) filter (where rule <> 'not linked') as made,
        sum(same_person) as found
    from link_trials
    group by file
),

judged as (
    select
        counted.file,
        counted.records,
        coalesce(counted.unlinked, 0) as unlinked,
        counted.records - coalesce(counted.unlinked, 0) as linked,
        coalesce(counted.by_evidence, 0) as by_evidence,
        counted.records - coalesce(counted.unlinked, 0) - coalesce(counted.by_evidence, 0) as otherwise,
        coalesce(
            least(
                chance.disbelieved * chance.believed_by_chance / (1 - chance.believed_by_chance),
                counted.by_number
            ),
            0
        ) as passed_unseen,
        tried.hidden,
        tried.found,
        tried.found / nullif(tried.made, 0) as right_share,
        tried.found / nullif(tried.hidden, 0) as found_share
    from counted
    left join tried on counted.file = tried.file
    left join link_chance as chance on counted.file = chance.file
)

select
    file,
    cast(records as integer) as records,
    cast(linked as integer) as linked,
    cast(unlinked as integer) as unlinked,
    cast(hidden as integer) as hidden,
    cast(found as integer) as found,
    case
        when hidden >= 30
            then (otherwise - passed_unseen + by_evidence * right_share) / nullif(linked, 0)
    end as precision,
    case
        when hidden >= 30
            then
                (otherwise - passed_unseen + by_evidence * right_share)
                / nullif(otherwise - passed_unseen + by_evidence * right_share / nullif(found_share, 0), 0)
    end as recall
from judged
order by file

-- section: doubtful
-- Pairs that may be one person and are not linked, by file and by how likely that is.
select
    file,
    case
        when probability >= 0.75 then '75% and over'
        when probability >= 0.5 then '50% to 75%'
        when probability >= 0.25 then '25% to 50%'
        else 'under 25%'
    end as likely,
    cast(count(*) as integer) as pairs,
    cast(count(distinct person_id) as integer) as records,
    sum(probability) as expected
from grey_pairs
group by all
order by file, min(probability) desc

-- section: moves
-- The affected figures of all schemes together at the latest time that each has, as they are and with every doubtful
-- pair linked.
select
    figures.measure,
    figures.time,
    figures.numerator,
    figures.denominator,
    figures.value,
    figures.numerator_if_linked,
    figures.denominator_if_linked,
    figures.value_if_linked
from doubtful_figures as figures
where figures.scheme = 'all'
qualify
    row_number() over (
        partition by figures.measure
        order by figures.value is null, figures.time desc
    ) = 1
order by figures.measure

-- section: profile
-- Adults on the schemes who are also in the programme at a month end: as it is and with every doubtful pair linked.
select
    numerator,
    numerator_if_linked
from doubtful_figures
where measure = 'also_in_dip' and time = $month and scheme = $scheme
