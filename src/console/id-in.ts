import type { Request } from 'express';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import type { Purpose } from '../keys.ts';

/** What the signed link in the address is for. A link that is not ours looks like one that is gone. */
export function idIn({ keys }: Pick<Deps, 'keys'>, purpose: Purpose, req: Request): string {
  const token = req.params['token'];
  const id = typeof token === 'string' && token.length <= 400 ? keys.open(purpose, token) : undefined;
  if (id === undefined) {
    throw new Refusal('not_found', 'This link is not complete. Perhaps it was cut off when it was copied.');
  }
  return id;
}
