"""A million runs, written by Postgres itself in one statement: what years of a busy project leave behind.

Rows alone: a list of runs reads nothing else. Their facts differ as those of real runs do: a few strategies and
models, costs over five powers of ten, one in a thousand with a word that a search asks for, one in ten thousand not
over.
"""

from __future__ import annotations

import psycopg
from psycopg.sql import SQL, Identifier

from inspector.bench.stack import Stack

RARE_WORD = "needle"
WRITTEN = f"""
INSERT INTO traces_run (
  id, project_id, source, size, name, task, answer, strategy, strategy_source, strategy_stated, model_names, tags,
  session_id, observed_state, started_ns, ended_ns, nodes, model_calls, candidates, discarded, selected,
  input_tokens, output_tokens, cost, cost_provenance)
SELECT
  (lpad(to_hex(began_ms), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
  project, 'sdk', 3 + nodes * 2,
  'task ' || number %% 5000 || ' of the night',
  'Find what follows from case ' || number || ' and say how sure it is.' ||
    CASE WHEN number %% 1000 = 7 THEN ' {RARE_WORD}' ELSE '' END,
  'It follows that ' || hash,
  (ARRAY['best_of_n', 'mcts', 'tot_bfs', 'self_consistency', 'agent'])[1 + number %% 5], 'stated',
  (ARRAY['best_of_n', 'mcts', 'tot_bfs', 'self_consistency', 'agent'])[1 + number %% 5],
  ARRAY[(ARRAY['small-1', 'small-2', 'large-1'])[1 + number %% 3]], ARRAY['night', 'team-' || number %% 40],
  'session-' || number / 20,
  CASE WHEN number %% 10000 = 3 THEN 'running' WHEN number %% 50 = 1 THEN 'failed' ELSE 'completed' END,
  began_ms * 1000000, CASE WHEN number %% 10000 <> 3 THEN (began_ms + 500 + number * 37 %% 90000) * 1000000 END,
  nodes, nodes / 2, nodes / 4, nodes * (number %% 97) / 100, 1,
  nodes * 812, nodes * 96, CASE WHEN number %% 9 > 0 THEN nodes * (10 ^ (number %% 5)) * 0.000012 END, 'reported'
FROM (
  SELECT number, md5(number::text) AS hash, 2 + number * 31 %% 400 AS nodes,
    (extract(epoch FROM now()) * 1000)::bigint - (%(count)s - number) * 60000::bigint AS began_ms,
    (SELECT id FROM traces_project ORDER BY id LIMIT 1) AS project
  FROM generate_series(1, %(count)s) AS number
) AS made"""  # noqa: S608 - a constant is put in


INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'traces_run' AND indexname NOT IN (SELECT conname FROM pg_constraint)"""


def write_runs(stack: Stack, count: int) -> None:
    """Write so many runs, one a minute up to now, into the first project; and let Postgres look at them.

    Indexes are made anew afterwards, which takes a fifth of the time that a million rows need one by one.
    """
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        with connection.transaction():
            connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or no index can be made yet
            indexes = connection.execute(INDEXES).fetchall()
            for name, _ in indexes:
                connection.execute(SQL("DROP INDEX {}").format(Identifier(name)))
            connection.execute(WRITTEN, {"count": count})
            for _, definition in indexes:
                connection.execute(definition)
        connection.execute("VACUUM ANALYZE traces_run")
