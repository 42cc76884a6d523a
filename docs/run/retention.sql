-- Deletes the pull requests that were closed more than five years ago, and all that hangs on them: children first, one
-- repository in a transaction, so that nobody waits for long.
DO $$
DECLARE
  before CONSTANT bigint := extract(epoch FROM now() - interval '5 years') * 1000000;  -- microseconds since 1970, in UTC
  one record;
  child text;
BEGIN
  FOR one IN SELECT source, id FROM repositories LOOP
    FOREACH child IN ARRAY ARRAY['reviews', 'review_comments', 'comments', 'commits', 'pull_request_events'] LOOP
      EXECUTE format('DELETE FROM %I c USING pull_requests p WHERE p.source = $1 AND p.repository_id = $2
        AND p.closed_at < $3 AND (c.source, c.repository_id, c.pull_request_id) = (p.source, p.repository_id, p.id)
        AND c.source = $1 AND c.repository_id = $2', child) USING one.source, one.id, before;
    END LOOP;
    DELETE FROM pull_requests p WHERE p.source = one.source AND p.repository_id = one.id AND p.closed_at < before;
    COMMIT;
  END LOOP;
  DELETE FROM kept_facts;  -- what was built from them: the end of a sync builds it again
  DELETE FROM kept_figures;
  DELETE FROM kept_rows;
  DELETE FROM generations;
  UPDATE stamps SET era = gen_random_uuid()::text WHERE name = '';  -- whoever reads, reads all of it again
END $$;
