import { z } from 'zod';
import type { Instant } from '../engine/time.ts';

/** An instant on the wire: ISO 8601 with an offset, or a date alone, meaning its first moment in UTC. */
export const InstantField = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'expected an instant like 2026-05-14T10:00:00Z or 2026-05-14',
  })
  .transform((text): Instant => Date.parse(text));

export const HoldBody = z.strictObject({
  until: InstantField,
  reason: z.string().trim().min(1).max(500),
  by: z.string().trim().min(1).max(200).default('api'),
});

/** The `:id` of a route; Express types what a pattern could match, which is more than what this one does. */
export const idOf = (params: Readonly<Record<string, string | string[] | undefined>>): string =>
  String(params['id'] ?? '');
