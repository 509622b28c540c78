import { createGoodturn } from './create-goodturn.ts';

export type { Goodturn as GoodturnApi, Labels, Nudge, OpenNudge, Options } from './types.ts';

/** The same as the script's `window.Goodturn`; `init` needs to be told the `host`. */
export const Goodturn = createGoodturn();
