-- Spreads pull requests, issues and all that hangs on them over partitions by repository or project. To be run with no
-- sync under way; the tables are locked, and copied once. Names of tables, keys and indexes stay as they are.
DO $$
DECLARE
  partitions CONSTANT integer := 16;
  big CONSTANT text[] := ARRAY['pull_requests', 'reviews', 'review_comments', 'comments', 'commits',
    'pull_request_events', 'issues', 'issue_changes', 'issue_links', 'worklogs'];
  place text;
  one text;
  again text[];
  key text;
  keys text[];
BEGIN
  IF EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid::regclass::text = ANY (big)) THEN
    RAISE EXCEPTION 'the tables are partitioned already';
  END IF;
  EXECUTE 'LOCK TABLE ' || array_to_string(big, ', ') || ' IN ACCESS EXCLUSIVE MODE';
  SELECT array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)))
    INTO keys FROM pg_constraint
    WHERE contype = 'f' AND (conrelid::regclass::text = ANY (big) OR confrelid::regclass::text = ANY (big));
  FOREACH one IN ARRAY big LOOP
    SELECT attname INTO STRICT place FROM pg_attribute
      WHERE attrelid = one::regclass AND attname IN ('repository_id', 'project_id');
    SELECT array_agg(CASE WHEN conname IS NULL THEN pg_get_indexdef(indexrelid)
      ELSE format('ALTER TABLE %I ADD CONSTRAINT %I %s', one, conname, pg_get_constraintdef(k.oid)) END) INTO again
      FROM pg_index LEFT JOIN pg_constraint k ON k.conindid = indexrelid AND k.contype = 'p' WHERE indrelid = one::regclass;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', one, one || '_whole');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS) PARTITION BY HASH (%I)', one, one || '_whole', place);
    FOR number IN 0 .. partitions - 1 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
        one || '_' || number, one, partitions, number);
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', one, one || '_whole');
    EXECUTE format('DROP TABLE %I CASCADE', one || '_whole');  -- with the foreign keys that point to it
    FOREACH key IN ARRAY again LOOP
      EXECUTE key;
    END LOOP;
  END LOOP;
  FOREACH key IN ARRAY keys LOOP
    EXECUTE key;
  END LOOP;
END $$;
ANALYZE;
