/** What the person did with a nudge. */
export type Outcome = 'shown' | 'accepted' | 'declined' | 'closed' | 'snoozed';

/** What is to be shown: plain text and one link, as `GET /v1/nudges` answers it. */
export type Nudge = {
  readonly id: string;
  readonly trigger: string;
  readonly title: string;
  readonly body: string;
  readonly action: { readonly label: string; readonly url: string };
  readonly expires_at: string | null;
};

/** A nudge for a card of your own. Each function reports what the person did; none of them ever throws. */
export type OpenNudge = Nudge & {
  /** They have seen it. Only this counts as an ask, so say it when the card is really in view. */
  readonly shown: () => void;
  /** They followed the link. Opening it is up to you. */
  readonly accepted: () => void;
  /** "Please don't ask". */
  readonly declined: () => void;
  /** The ✕: no nudge for 30 days. */
  readonly closed: () => void;
  /** Later: after `length`, like `12h` or `7d` (the default). */
  readonly snoozed: (length?: string) => void;
};

/** What the card says besides the nudge's own words. */
export type Labels = {
  readonly snooze: string;
  readonly decline: string;
  readonly close: string;
};

export type Options = {
  /** The publishable key, `pk_…`; never another. */
  readonly key: string;
  /** The user token that your backend made, or a function that fetches one: called first, and after a 401. */
  readonly token: string | (() => string | Promise<string>);
  /** Where Goodturn is reached, like `https://goodturn.vendor.example`. The script knows where it came from. */
  readonly host?: string | undefined;
  /** Only nudges of this account, and the account of what `track` reports. */
  readonly accountId?: string | undefined;
  /** Given, no card is shown: draw one of your own, and take it away again when called with `undefined`. */
  readonly onNudge?: ((nudge: OpenNudge | undefined) => void) | undefined;
  /** Words for the card in the language of your app. */
  readonly labels?: Partial<Labels> | undefined;
  /** How the card looks; by default as the `color-scheme` of the page says. */
  readonly theme?: 'light' | 'dark' | undefined;
  /** How long "later" is, like `12h` or `7d`. */
  readonly snooze?: string | undefined;
};

/** Nothing in it ever throws: what goes wrong is said once on the console. */
export type Goodturn = {
  /** Begins asking for nudges for the user of the token. Called again, it begins anew. */
  readonly init: (options: Options) => void;
  /** Reports what the user did, then asks whether there is a nudge for it. */
  readonly track: (event: string, properties?: Readonly<Record<string, unknown>>) => void;
  /** Asks at once: after a moment of success that your own backend reports. */
  readonly refresh: () => void;
  /** Stops asking and takes the card away, as when the user signs out. */
  readonly stop: () => void;
};
