import type { Erasure } from './erase-person.ts';
import type { PersonExport } from './export-person.ts';

/** What an erasure did, the same on the command line and over HTTP. */
export function presentErasure({
  erased,
  events,
  mails,
  asks,
  referrals,
  accounts,
  namedInCatalogs,
}: Erasure) {
  return {
    erased,
    events_removed: events.removed,
    events_kept_without_them: events.kept,
    mails,
    asks,
    referrals,
    accounts,
    named_in_catalog_versions: namedInCatalogs,
  };
}

/** Everything about a person, the same on the command line and over HTTP. */
export function presentExport({ person, exportedAt, knownAs, tables, mentionedIn }: PersonExport) {
  return {
    person,
    exported_at: new Date(exportedAt).toISOString(),
    known_as: knownAs,
    tables,
    mentioned_in: mentionedIn,
  };
}
