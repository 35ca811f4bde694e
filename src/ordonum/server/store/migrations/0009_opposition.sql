-- Standing oppositions to the prescribers' reading, made through the insurer's office (CSP R.4072-1 and following), and their
-- liftings: rows are added, never changed. Under one patient they take turns, so that an odd last one stands.
CREATE TABLE opposition (
    patient     bytea       NOT NULL CHECK (length(patient) = 32),
    seq         integer     NOT NULL CHECK (seq BETWEEN 1 AND 10000),
    act_id      uuid        NOT NULL,
    direction   smallint    NOT NULL CHECK (direction = CASE WHEN seq % 2 = 1 THEN 1 ELSE -1 END),
    content     bytea       NOT NULL CHECK (length(content) = 32),
    recorded_at timestamptz NOT NULL,
    sealed      bytea       NOT NULL,
    PRIMARY KEY (patient, seq),
    CONSTRAINT opposition_act_once UNIQUE (patient, act_id)
);
COMMENT ON TABLE opposition IS 'Oppositions (1) and liftings (-1), append-only (docs/adr/0001)';
COMMENT ON COLUMN opposition.patient IS 'The name under which patient_index finds the executions of this patient';
COMMENT ON COLUMN opposition.content IS 'HMAC of the canonical bytes: a repeat is recognised by it';
COMMENT ON COLUMN opposition.sealed IS 'The act with whom it names, its author and its answer, under the key of oppositions';
ALTER TABLE opposition ALTER COLUMN sealed SET STORAGE EXTERNAL;

GRANT SELECT, INSERT ON opposition TO ordonum_application;
GRANT SELECT, DELETE ON opposition TO ordonum_keeper;
