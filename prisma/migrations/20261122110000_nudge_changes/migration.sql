-- Whoever changes what a person would be offered says so at its commit, on the channel goodturn_nudges: the
-- person's id, or nothing for everybody. Said by the tables themselves, so that no writer can forget it.

CREATE FUNCTION "tell_nudges_of"("person" TEXT) RETURNS VOID LANGUAGE SQL AS $$
  -- A payload takes 8,000 bytes at most.
  SELECT pg_notify('goodturn_nudges', CASE WHEN octet_length("person") > 4000 THEN '' ELSE "person" END);
$$;

CREATE FUNCTION "tell_nudge_changed"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM tell_nudges_of(OLD.person_id); END IF;
  -- Said twice in one transaction it is heard once.
  IF TG_OP <> 'DELETE' THEN PERFORM tell_nudges_of(NEW.person_id); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "ask_nudge_made" AFTER INSERT ON "ask" FOR EACH ROW
  WHEN (NEW.channel = 'nudge' AND NEW.status IN ('open', 'delivered'))
  EXECUTE FUNCTION "tell_nudge_changed"();
CREATE TRIGGER "ask_nudge_moved" AFTER UPDATE ON "ask" FOR EACH ROW
  WHEN (NEW.channel = 'nudge' AND (OLD.status IN ('open', 'delivered') OR NEW.status IN ('open', 'delivered')))
  EXECUTE FUNCTION "tell_nudge_changed"();
CREATE TRIGGER "ask_nudge_gone" AFTER DELETE ON "ask" FOR EACH ROW
  WHEN (OLD.channel = 'nudge' AND OLD.status IN ('open', 'delivered'))
  EXECUTE FUNCTION "tell_nudge_changed"();

-- Another address may be suppressed, or one of the team.
CREATE FUNCTION "tell_address_changed"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM ask WHERE person_id = NEW.id AND status IN ('open', 'delivered') AND channel = 'nudge') THEN
    PERFORM tell_nudges_of(NEW.id);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "person_address_changed" AFTER UPDATE OF "email" ON "person" FOR EACH ROW
  WHEN (OLD.email IS DISTINCT FROM NEW.email)
  EXECUTE FUNCTION "tell_address_changed"();

CREATE FUNCTION "tell_all_nudges_changed"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_nudges_of('');
  RETURN NULL;
END $$;

CREATE TRIGGER "pause_changed" AFTER INSERT OR UPDATE OR DELETE ON "pause" FOR EACH STATEMENT
  EXECUTE FUNCTION "tell_all_nudges_changed"();
CREATE TRIGGER "suppression_changed" AFTER INSERT OR UPDATE OR DELETE ON "suppression" FOR EACH STATEMENT
  EXECUTE FUNCTION "tell_all_nudges_changed"();
