-- put: acknowledge one body
INSERT INTO ingest_inboxentry (project_id, key_prefix, signal, media, encoding, received_ns, body)
VALUES (%(project)s, %(key_prefix)s, %(signal)s, %(media)s, %(encoding)s, %(received_ns)s, %(body)s)

-- claim: take the oldest free bodies, at most so many bytes; one that was tried before is taken alone. A worker that
-- died loses its claim after the lease; a claim that ends far ahead was made before the clock was set back
UPDATE ingest_inboxentry AS entry
SET token = %(token)s, claimed_until = now() + %(lease)s * interval '1 second', attempts = attempts + 1
FROM (
    SELECT
        id,
        sum(size) OVER (ORDER BY id) - size AS before,
        row_number() OVER (ORDER BY id) AS place,
        max(attempts) OVER (ORDER BY id) AS tried
    FROM (
        SELECT id, octet_length(body) AS size, attempts
        FROM ingest_inboxentry
        WHERE claimed_until IS NULL OR claimed_until NOT BETWEEN now() AND now() + interval '2 minutes'
        ORDER BY id
        LIMIT %(rows)s
        FOR UPDATE SKIP LOCKED
    ) AS free
) AS picked
WHERE entry.id = picked.id AND picked.before < %(bytes)s AND (picked.tried = 0 OR picked.place = 1)
RETURNING entry.id, project_id, key_prefix, signal, media, encoding, received_ns, body, attempts

-- settle: the bodies are recorded in this very transaction; rows that another worker took over are not ours
DELETE FROM ingest_inboxentry WHERE token = %(token)s AND id = ANY(%(ids)s)

-- bury: keep what cannot be recorded, with the reason
WITH gone AS (
    DELETE FROM ingest_inboxentry WHERE id = %(id)s AND token = %(token)s
    RETURNING project_id, key_prefix, signal, media, encoding, received_ns, body
)
INSERT INTO ingest_deadletter
    (project_id, key_prefix, signal, media, encoding, received_ns, body, buried_at, error)
SELECT gone.*, now(), %(error)s FROM gone

-- release: give the bodies back, for another try after a pause that doubles with each
UPDATE ingest_inboxentry
SET token = NULL, claimed_until = now() + %(pause)s * power(2, least(attempts, 6) - 1) * interval '1 second'
WHERE token = %(token)s

-- retry: put a dead letter back into the inbox
WITH raised AS (
    DELETE FROM ingest_deadletter WHERE id = %(id)s AND project_id = ANY(%(projects)s)
    RETURNING project_id, key_prefix, signal, media, encoding, received_ns, body
)
INSERT INTO ingest_inboxentry (project_id, key_prefix, signal, media, encoding, received_ns, body)
SELECT * FROM raised RETURNING id

-- count: note what was recorded, in a row of this worker's own so that no two wait for one another
INSERT INTO ingest_recordedtally (worker, bodies, events) VALUES (%(worker)s, %(bodies)s, %(events)s)
ON CONFLICT (worker) DO UPDATE
SET bodies = ingest_recordedtally.bodies + excluded.bodies,
    events = ingest_recordedtally.events + excluded.events

-- state: how far behind recording is
SELECT
    (SELECT count(*) FROM ingest_inboxentry),
    (SELECT min(received_ns) FROM ingest_inboxentry),
    (SELECT coalesce(sum(events), 0) FROM ingest_recordedtally),
    (SELECT count(*) FROM ingest_deadletter)

-- oldest: when the body that waits longest was received
SELECT min(received_ns) FROM ingest_inboxentry

-- backlog: whether the door must say "later", without counting more than needed
SELECT count(*), coalesce(sum(size), 0)
FROM (SELECT octet_length(body) AS size FROM ingest_inboxentry LIMIT %(limit)s) AS pending
