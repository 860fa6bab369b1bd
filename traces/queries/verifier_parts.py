"""What is counted of a verifier's judgements: each part a statement over the rows of `traces.queries.judgements`."""

from __future__ import annotations

from deliberation.vocabulary import VerifierKind
from traces.queries.judgements import ACCEPT, REJECT

SAMPLES_AT_MOST = 50_000
OTHERS_AT_MOST = 50

SUMMARY = """
SELECT count(*) AS nodes, count(DISTINCT run_id) AS runs, count(DISTINCT task) AS tasks,
  count(DISTINCT run_id) FILTER (WHERE is_candidate) AS runs_with_candidates, count(score) AS scored,
  count(placed) AS on_scale, min(score) AS least, max(score) AS most, sum(cost)::text AS cost, count(cost) AS priced,
  min(threshold) AS threshold_from, max(threshold) AS threshold_to, min(given_ns) AS since_ns, max(given_ns) AS until_ns
FROM judged"""

SAID = """
SELECT outcome, accepted, is_right, basis, count(*) AS count FROM judged GROUP BY outcome, accepted, is_right, basis"""

STANDINGS = """
SELECT verifier_kind, independence, saw_reference, count(*) AS count
FROM judged GROUP BY verifier_kind, independence, saw_reference ORDER BY count DESC"""

CONFUSION = """
  count(*) FILTER (WHERE accepted AND is_right) AS true_accepts,
  count(*) FILTER (WHERE accepted AND NOT is_right) AS false_accepts,
  count(*) FILTER (WHERE NOT accepted AND is_right) AS false_rejects,
  count(*) FILTER (WHERE NOT accepted AND NOT is_right) AS true_rejects"""

TASKS = f"""
SELECT {CONFUSION}
FROM judged WHERE accepted IS NOT NULL AND is_right IS NOT NULL GROUP BY task"""  # noqa: S608 - names of columns and constants are put in

STEPS = """
  SELECT {within} count(*) FILTER (WHERE is_right) AS right_ones, count(*) FILTER (WHERE NOT is_right) AS wrong_ones,
    sum(count(*) FILTER (WHERE NOT is_right)) OVER ({partition} ORDER BY {score})
      - count(*) FILTER (WHERE NOT is_right) AS below
  FROM judged WHERE {score} IS NOT NULL AND is_right IS NOT NULL GROUP BY {within} {score}"""
"""Of each score from the least on: how many right, how many wrong, and how many wrong below."""

AREA_OF = (
    "sum(right_ones * (below + wrong_ones / 2.0)) / NULLIF(sum(right_ones) * sum(wrong_ones), 0)"
)

AREA = f"""
SELECT ({AREA_OF})::float8 AS area, coalesce(sum(right_ones), 0)::bigint AS right_ones,
  coalesce(sum(wrong_ones), 0)::bigint AS wrong_ones
FROM ({STEPS.format(within="", partition="", score="standing")}) steps"""  # noqa: S608 - names of columns and constants are put in

AREA_WITHIN = f"""
SELECT avg(area)::float8 AS area, count(area) AS runs FROM (
  SELECT {AREA_OF} AS area
  FROM ({STEPS.format(within="run_id,", partition="PARTITION BY run_id", score="score")}) steps GROUP BY run_id
) areas"""  # noqa: S608 - names of columns and constants are put in

BINS = """
SELECT LEAST(floor(confidence * 10)::int, 9) AS number, count(*) AS count, sum(confidence) AS confidence,
  count(*) FILTER (WHERE is_right) AS right,
  sum((confidence - is_right::int) * (confidence - is_right::int)) AS squares
FROM judged WHERE confidence IS NOT NULL AND is_right IS NOT NULL GROUP BY number ORDER BY number"""

# Where a sample has no score, or nothing says whether it is right, the run has no best of N.
COMPLETE = f"""
  HAVING count(*) = min(candidates) AND count(score) = count(*) AND count(is_right) = count(*)
    AND count(*) <= {SAMPLES_AT_MOST}"""
RANKED_RUNS = f"SELECT run_id FROM judged WHERE is_candidate GROUP BY run_id {COMPLETE}"  # noqa: S608 - constants

SAMPLES = f"""
SELECT scores, rights FROM (
  SELECT array_agg(score ORDER BY seq) AS scores, array_agg(is_right ORDER BY seq) AS rights,
    sum(count(*)) OVER (ORDER BY run_id DESC) - count(*) AS before
  FROM judged WHERE is_candidate GROUP BY run_id
  {COMPLETE}
) sampled
WHERE before < {SAMPLES_AT_MOST}"""  # noqa: S608 - names of columns and constants are put in

OTHERS = f"""
SELECT other.verifier, other.version, bool_or(other.verifier_kind = '{VerifierKind.HUMAN.value}') IS TRUE AS is_person,
  count(*) FILTER (WHERE accepted AND other.outcome = '{ACCEPT}') AS both_accept,
  count(*) FILTER (WHERE accepted AND other.outcome = '{REJECT}') AS only_this,
  count(*) FILTER (WHERE NOT accepted AND other.outcome = '{ACCEPT}') AS only_other,
  count(*) FILTER (WHERE NOT accepted AND other.outcome = '{REJECT}') AS both_reject,
  count(*) FILTER (WHERE accepted <> (other.outcome = '{ACCEPT}') AND correct = accepted) AS this_right,
  count(*) FILTER (WHERE accepted <> (other.outcome = '{ACCEPT}') AND correct <> accepted) AS other_right
FROM others other JOIN judged ON judged.run_id = other.run_id AND judged.node_id = other.node_id
WHERE accepted IS NOT NULL AND other.outcome IN ('{ACCEPT}', '{REJECT}')
GROUP BY other.verifier, other.version
ORDER BY is_person DESC, count(*) DESC, other.verifier, other.version NULLS FIRST LIMIT {OTHERS_AT_MOST}"""  # noqa: S608 - names of columns and constants are put in

SCALE = """
SELECT count(*) AS nodes, count(placed) AS on_scale,
  count(DISTINCT run_id) FILTER (WHERE is_candidate) AS runs_with_candidates FROM judged"""

DRAWN = {"scale": SCALE, "bins": BINS, "samples": SAMPLES}
"""What figures show."""

WHOLE = {
    "summary": SUMMARY,
    "said": SAID,
    "standings": STANDINGS,
    "tasks": TASKS,
    "area": AREA,
    "within": AREA_WITHIN,
    "bins": BINS,
    "samples": SAMPLES,
    "others": OTHERS,
}
"""What the page of a verifier shows."""
