-- Nobody guesses: each distinct unknown number that somebody asks for without an authentic QR code is a row, under the
-- professional and under the place; a slowed one's answers are rows too. Rows are only added; the keeper deletes old ones.
CREATE TABLE miss (
    who    bytea       NOT NULL CHECK (length(who) = 32),
    at     timestamptz NOT NULL,
    lookup bytea       NOT NULL CHECK (length(lookup) = 32),
    PRIMARY KEY (who, at, lookup)
);
COMMENT ON COLUMN miss.who IS 'HMAC(blind, professional or place): which one, the key says';
CREATE INDEX miss_by_time ON miss (at);
CREATE INDEX assertion_seen_by_time ON assertion_seen (expires_at);
CREATE TABLE turn (
    who bytea       NOT NULL CHECK (length(who) = 32),
    at  timestamptz NOT NULL,
    PRIMARY KEY (who, at)
);
-- What the insurer is alerted of; who it was is read in the audit entry of that id.
CREATE TABLE alert (
    at       timestamptz NOT NULL,
    entry_id uuid        NOT NULL,
    kind     text        NOT NULL CHECK (kind IN ('guessing-professional', 'guessing-place')),
    who      bytea       NOT NULL CHECK (length(who) = 32),
    lookup   bytea       NOT NULL CHECK (length(lookup) = 32),
    PRIMARY KEY (at, entry_id, kind)
);

-- One statement: the miss, once per number in the window, under the professional and the place; its audit entry; the alert
-- when a limit is reached by this very miss. The lock makes the count exact when many come at once.
CREATE FUNCTION record_miss(
    p_professional bytea, p_place bytea, p_lookup bytea, p_at timestamptz, p_since timestamptz,
    p_professional_max integer, p_place_max integer,
    p_entry_id uuid, p_year smallint, p_leaf bytea, p_personal bytea
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
        INSERT INTO alert VALUES (p_at, p_entry_id, 'guessing-professional', p_professional, p_lookup);
        alerts := alerts + 1;
    END IF;
    IF added_here = 1 AND misses_here = p_place_max THEN
        INSERT INTO alert VALUES (p_at, p_entry_id, 'guessing-place', p_place, p_lookup);
        alerts := alerts + 1;
    END IF;
    RETURN NEXT;
END $$;

-- A slowed professional's turn: 0 when they may be answered now (and the turn is taken), else the seconds to wait.
CREATE FUNCTION take_turn(p_who bytea, p_now timestamptz, p_seconds integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    latest timestamptz;
    remaining integer;
BEGIN
    PERFORM pg_advisory_xact_lock(('x' || encode(substr(p_who, 1, 8), 'hex'))::bit(64)::bigint);
    -- Two workers' clocks differ a little: a turn taken a moment later counts. One of a clock that was set back does not.
    SELECT max(at) FROM turn WHERE who = p_who AND at <= p_now + interval '1 minute' INTO latest;
    IF latest IS NOT NULL THEN
        remaining := least(p_seconds, ceil(p_seconds - extract(epoch FROM p_now - latest)));
        IF remaining > 0 THEN
            RETURN remaining;
        END IF;
    END IF;
    INSERT INTO turn VALUES (p_who, p_now) ON CONFLICT DO NOTHING;
    RETURN 0;
END $$;

-- A registration decided on what nearly always holds, in one round trip: nothing is there yet, none of these certificates is
-- revoked, the authority's next list is not too late. False when any of it does not hold, or when another act came first:
-- then what is there is read, and judged.
CREATE FUNCTION record_first(
    p_lookup bytea, p_seq integer, p_act_id uuid, p_kind text, p_year smallint, p_author bytea, p_content bytea,
    p_performed_at timestamptz, p_recorded_at timestamptz, p_body bytea, p_sealed bytea, p_answer bytea,
    p_own_act bytea, p_patient bytea, p_entry_id uuid, p_leaf bytea, p_personal bytea,
    p_issuers bytea[], p_serials text[], p_authority bytea, p_due_after timestamptz, p_without_list boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    due timestamptz;
BEGIN
    SELECT max(next_update) FROM revocation_list WHERE issuer = p_authority INTO due;
    IF (due IS NULL AND NOT p_without_list) OR due < p_due_after OR EXISTS (
        SELECT 1 FROM unnest(p_issuers, p_serials) AS asked(issuer, serial)
        JOIN revocation AS r ON r.issuer = asked.issuer AND r.serial = asked.serial
    ) THEN
        RETURN false;
    END IF;
    RETURN record_act(p_lookup, p_seq, p_act_id, p_kind, p_year, p_author, p_content, p_performed_at, p_recorded_at,
                      p_body, p_sealed, p_answer, p_own_act, p_patient, p_entry_id, p_leaf, p_personal);
END $$;

-- Ciphertexts do not compress: trying costs more than writing them. A prescription has few entries: its key finds them.
ALTER TABLE act ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN answer SET STORAGE EXTERNAL,
                ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE audit ALTER COLUMN personal SET STORAGE EXTERNAL, ALTER COLUMN leaf SET STORAGE EXTERNAL;
DROP INDEX audit_by_time;

GRANT SELECT, INSERT ON miss, turn, alert TO ordonum_application;
GRANT SELECT, DELETE ON miss, turn, alert TO ordonum_keeper;
REVOKE ALL ON FUNCTION record_miss, take_turn, record_first FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_miss, take_turn, record_first TO ordonum_application;
