-- The keeper shreds whom an entry of the trace names, and cannot do more: the leaf stays, hence any tree of leaves.
-- What was `personal` is empty from then on; it leaves the pages with the next VACUUM.
CREATE FUNCTION shred_entry(p_lookup bytea, p_entry_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE public.audit SET personal = '' WHERE lookup = p_lookup AND entry_id = p_entry_id;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION shred_entry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shred_entry TO ordonum_keeper;
