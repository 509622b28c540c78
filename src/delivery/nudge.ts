import { type Instant, iso } from '../engine/time.ts';
import { isWebUrl } from './address.ts';

/** What a nudge says, as plain text; `action` is its one button. */
export type RenderedNudge = {
  readonly title: string;
  readonly body: string;
  readonly action: { readonly label: string; readonly url: string };
};

/** What of an ask a product app is shown. */
export type NudgeAsk = {
  readonly id: string;
  readonly trigger: string;
  readonly content: RenderedNudge;
  readonly expiresAt?: Instant;
};

/**
 * A nudge as a product app gets it: text and one link, never markup. Undefined when its link is no
 * `http(s)` URL, because an app would put whatever it is into an `href`.
 */
export function presentNudge({ id, trigger, content: { title, body, action }, expiresAt }: NudgeAsk) {
  if (!isWebUrl(action.url)) return undefined;
  return {
    id,
    trigger,
    title,
    body,
    action: { label: action.label, url: action.url },
    expires_at: iso(expiresAt),
  };
}
