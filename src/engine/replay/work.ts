import type { Account, Ask } from './world.ts';

/** What time alone makes due in a replay. */
export type Work =
  | { readonly kind: 'settle' | 'fall_back' | 'due' | 'show'; readonly ask: Ask }
  | { readonly kind: 'wake'; readonly account: Account }
  | { readonly kind: 'room'; readonly owner: string | undefined };

/** In which order what is due at one instant is done. */
export const RANK = {
  ignore: 0,
  expire: 1,
  miss: 2,
  wake: 3,
  fallBack: 4,
  due: 5,
  drafts: 6,
  emails: 7,
} as const;
