-- Who has left an account is offered nothing there any more, so polls hear of that too. A first membership takes nothing away.
CREATE TRIGGER "person_bindings_changed" AFTER UPDATE OF "bindings" ON "person" FOR EACH ROW
  WHEN (OLD.bindings IS DISTINCT FROM NEW.bindings AND OLD.bindings <> '[]')
  EXECUTE FUNCTION "tell_address_changed"();
