-- The care team's search and unusual rates: two more reasons to alert the insurer.
ALTER TABLE alert DROP CONSTRAINT alert_kind_check;
ALTER TABLE alert ADD CONSTRAINT alert_kind_check
    CHECK (kind IN ('guessing-professional', 'guessing-place', 'searching-professional', 'searching-place',
                    'suspected-forgery', 'unusual-rate'));

-- A miss as before (0004), but that the alerts' kinds come from the caller: numbers, or patients, in vain.
DROP FUNCTION record_miss;
CREATE FUNCTION record_miss(
    p_professional bytea, p_place bytea, p_lookup bytea, p_at timestamptz, p_since timestamptz,
    p_professional_max integer, p_place_max integer,
    p_entry_id uuid, p_year smallint, p_leaf bytea, p_personal bytea,
    p_kind text, p_kind_here text
) RETURNS TABLE (misses integer, misses_here integer, alerts integer) LANGUAGE plpgsql AS $$
DECLARE
    added integer;
    added_here integer;
BEGIN
    PERFORM pg_advisory_xact_lock(('x' || encode(substr(p_place, 1, 8), 'hex'))::bit(64)::bigint);
    INSERT INTO miss SELECT p_professional, p_at, p_lookup
        WHERE NOT EXISTS (SELECT 1 FROM miss m WHERE m.who = p_professional AND m.at > p_since AND m.lookup = p_lookup);
    GET DIAGNOSTICS added = ROW_COUNT;
    INSERT INTO miss SELECT p_place, p_at, p_lookup
        WHERE NOT EXISTS (SELECT 1 FROM miss m WHERE m.who = p_place AND m.at > p_since AND m.lookup = p_lookup);
    GET DIAGNOSTICS added_here = ROW_COUNT;
    SELECT count(*) FROM miss m WHERE m.who = p_professional AND m.at > p_since INTO misses;
    SELECT count(*) FROM miss m WHERE m.who = p_place AND m.at > p_since INTO misses_here;
    INSERT INTO audit VALUES (p_lookup, p_entry_id, p_at, p_year, p_leaf, p_personal);
    alerts := 0;
    IF added = 1 AND misses = p_professional_max THEN
        INSERT INTO alert VALUES (p_at, p_entry_id, p_kind, p_professional, p_lookup);
        alerts := alerts + 1;
    END IF;
    IF added_here = 1 AND misses_here = p_place_max THEN
        INSERT INTO alert VALUES (p_at, p_entry_id, p_kind_here, p_place, p_lookup);
        alerts := alerts + 1;
    END IF;
    RETURN NEXT;
END $$;

-- Who registered lately: rows come in order of time, so a few bytes a range find the last day of five years. Ranges are
-- summarised as they fill: those that are not are read whole.
CREATE INDEX prescription_of_by_time ON prescription_of USING brin (recorded_at)
    WITH (pages_per_range = 32, autosummarize = on);

-- One alert a prescriber and day (the last 24 hours), with the entry that tells who, whichever process looks first.
CREATE FUNCTION alert_once(
    p_who bytea, p_kind text, p_at timestamptz, p_since timestamptz,
    p_entry_id uuid, p_year smallint, p_leaf bytea, p_personal bytea
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(('x' || encode(substr(p_who, 1, 8), 'hex'))::bit(64)::bigint);
    IF EXISTS (SELECT 1 FROM alert WHERE at > p_since AND kind = p_kind AND who = p_who) THEN
        RETURN false;
    END IF;
    INSERT INTO audit VALUES (p_who, p_entry_id, p_at, p_year, p_leaf, p_personal);
    INSERT INTO alert VALUES (p_at, p_entry_id, p_kind, p_who, p_who);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION record_miss, alert_once FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_miss, alert_once TO ordonum_application;
