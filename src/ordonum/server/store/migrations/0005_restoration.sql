-- A back-up was put back: the service tells clients from which moment on acts may be missing, and takes back, on the proof
-- of its own acknowledgement, those and no others. Written by whoever restores, as the owner; the application reads.
CREATE TABLE restoration (
    restored_at timestamptz NOT NULL PRIMARY KEY,
    restored_to timestamptz NOT NULL CHECK (restored_to < restored_at)
);
COMMENT ON TABLE restoration IS 'Restorations from a back-up: until when it goes, and when it was put back (docs/adr/0005)';

GRANT SELECT ON restoration TO ordonum_application;
