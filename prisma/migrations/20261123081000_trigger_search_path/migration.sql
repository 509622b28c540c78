-- A dump of rows alone is loaded under an empty search_path, under which these did not find what they call.
ALTER FUNCTION "tell_nudge_changed"() SET search_path FROM CURRENT;
ALTER FUNCTION "tell_address_changed"() SET search_path FROM CURRENT;
ALTER FUNCTION "tell_all_nudges_changed"() SET search_path FROM CURRENT;
