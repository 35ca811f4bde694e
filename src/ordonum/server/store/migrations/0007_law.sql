-- The law of the circuit: replacements, withdrawals, reports and copies are acts too. What the insurer is alerted of grows.
ALTER TABLE act DROP CONSTRAINT act_kind_check;
ALTER TABLE act ADD CONSTRAINT act_kind_check
    CHECK (kind IN ('register', 'execute', 'cancel', 'invoice', 'replace', 'withdraw', 'report', 'copy'));
ALTER TABLE act ADD CONSTRAINT amends_seal_nothing
    CHECK (kind NOT IN ('replace', 'withdraw', 'report', 'copy') OR sealed IS NULL);
CREATE UNIQUE INDEX replaced_once ON act (lookup) WHERE kind = 'replace';
ALTER TABLE alert DROP CONSTRAINT alert_kind_check;
ALTER TABLE alert ADD CONSTRAINT alert_kind_check
    CHECK (kind IN ('guessing-professional', 'guessing-place', 'suspected-forgery', 'unusual-rate'));

-- Kept five years from writing (CSP R.4071-1): the last day on which a registered prescription is kept.
ALTER TABLE act ADD COLUMN ends_on date;
COMMENT ON COLUMN act.ends_on IS 'register: the last day on which the prescription is kept; else NULL';
CREATE INDEX act_by_end ON act USING brin (ends_on) WITH (pages_per_range = 64);

-- A prescriber's own list: what was registered under their RPPS, newest first.
CREATE TABLE prescription_of (
    blind       bytea       NOT NULL CHECK (length(blind) = 32),
    recorded_at timestamptz NOT NULL,
    lookup      bytea       NOT NULL CHECK (length(lookup) = 32),
    PRIMARY KEY (blind, recorded_at, lookup)
);
COMMENT ON COLUMN prescription_of.blind IS 'HMAC(blind, RPPS)';

-- One statement a write, as before, with more index rows: the prescriber's list; counter-rows of the patient's index for an
-- execution that was withdrawn or corrected; what the insurer is alerted of.
DROP FUNCTION record_first;
DROP FUNCTION record_act;
CREATE FUNCTION record_act(
    p_lookup bytea, p_seq integer, p_act_id uuid, p_kind text, p_year smallint, p_author bytea, p_content bytea,
    p_performed_at timestamptz, p_recorded_at timestamptz, p_body bytea, p_sealed bytea, p_answer bytea, p_ends_on date,
    p_own_act bytea, p_prescriber bytea, p_patient bytea, p_gone bytea, p_gone_act uuid, p_alert text,
    p_entry_id uuid, p_leaf bytea, p_personal bytea
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO act VALUES (p_lookup, p_seq, p_act_id, p_kind, p_year, p_author, p_content, p_performed_at,
                            p_recorded_at, p_body, p_sealed, p_answer, p_ends_on)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_own_act IS NOT NULL THEN
        INSERT INTO own_act VALUES (p_own_act, p_lookup);
    END IF;
    IF p_prescriber IS NOT NULL THEN
        INSERT INTO prescription_of VALUES (p_prescriber, p_recorded_at, p_lookup) ON CONFLICT DO NOTHING;
    END IF;
    IF p_gone IS NOT NULL THEN
        INSERT INTO patient_index VALUES (p_gone, p_lookup, p_gone_act, -1) ON CONFLICT DO NOTHING;
    END IF;
    IF p_patient IS NOT NULL THEN
        INSERT INTO patient_index VALUES (p_patient, p_lookup, p_act_id, 1);
    END IF;
    INSERT INTO audit VALUES (p_lookup, p_entry_id, p_recorded_at, p_year, p_leaf, p_personal);
    IF p_alert IS NOT NULL THEN
        INSERT INTO alert VALUES (p_recorded_at, p_entry_id, p_alert, p_author, p_lookup);
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION record_first(
    p_lookup bytea, p_seq integer, p_act_id uuid, p_kind text, p_year smallint, p_author bytea, p_content bytea,
    p_performed_at timestamptz, p_recorded_at timestamptz, p_body bytea, p_sealed bytea, p_answer bytea, p_ends_on date,
    p_own_act bytea, p_prescriber bytea, p_patient bytea, p_gone bytea, p_gone_act uuid, p_alert text,
    p_entry_id uuid, p_leaf bytea, p_personal bytea,
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
                      p_body, p_sealed, p_answer, p_ends_on, p_own_act, p_prescriber, p_patient, p_gone, p_gone_act,
                      p_alert, p_entry_id, p_leaf, p_personal);
END $$;

GRANT SELECT, INSERT ON prescription_of TO ordonum_application;
GRANT SELECT, DELETE ON prescription_of TO ordonum_keeper;
REVOKE ALL ON FUNCTION record_act, record_first FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_act, record_first TO ordonum_application;
