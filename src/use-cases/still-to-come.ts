import type { Instant } from '../engine/time.ts';
import { invalidField } from '../errors.ts';

/** Refuses an end that is over already: what was meant would end with it, and nobody would notice. */
export function requireStillToCome(field: string, at: Instant, now: Instant): void {
  if (at > now) return;
  throw invalidField(
    field,
    `got ${new Date(at).toISOString()}, which is past; expected an instant after now`,
  );
}
