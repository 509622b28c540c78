import { z } from 'zod';
import type { Candidate } from './shortlist.ts';

/** A shortlist as JSON: the same on the command line and over HTTP, from where the command line reads it back. */
export const ShortlistJson = z.object({
  accounts: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      owner: z.string().nullable(),
      readiness: z.number(),
      reasons: z.array(z.string()),
      person: z.object({ id: z.string(), name: z.string(), email: z.string().nullable() }).nullable(),
      holds: z.array(z.object({ gate: z.string(), because: z.string() })),
    }),
  ),
});
export type ShortlistJson = z.infer<typeof ShortlistJson>;

export const presentShortlist = (candidates: readonly Candidate[]): ShortlistJson => ({
  accounts: candidates.map(({ id, name, owner, readiness, person, holds }) => ({
    id,
    name: name ?? null,
    owner: owner ?? null,
    readiness: readiness.value,
    reasons: readiness.contributions.map(({ says }) => says),
    person: person === undefined ? null : { id: person.id, name: person.name, email: person.email ?? null },
    holds: holds.map(({ gate, because }) => ({ gate, because })),
  })),
});
