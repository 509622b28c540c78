import { CARD_STYLE } from './card-style.ts';
import { whenSeen } from './seen.ts';
import type { Labels, OpenNudge, Options } from './types.ts';

const LABELS: Labels = { snooze: 'Later', decline: 'Please don’t ask', close: 'Close' };

export type Card = {
  /** Puts the card back in a page that has replaced its whole body, as some do in place of loading another. */
  readonly keep: () => void;
  readonly remove: () => void;
};

/** A live region has to be there before what it is to read out. */
const BEFORE_WORDS = 60;

/**
 * Shows the card in a corner of the page, without taking the focus, and reports what the person does with it.
 * Whatever the nudge says is put in as text.
 */
export function showCard(nudge: OpenNudge, { labels, theme, snooze }: Options): Card {
  const { title, body, action } = nudge;
  const says = { ...LABELS, ...labels };
  const words = element('div', { className: 'words', ariaLive: 'polite' });
  const link = element('a', { className: 'action', textContent: action.label, href: action.url });
  Object.assign(link, { target: '_blank', rel: 'noopener', onclick: nudge.accepted });
  link.onauxclick = ({ button }) => button === 1 && nudge.accepted();
  const card = element('aside', { className: 'card' });
  card.setAttribute('aria-labelledby', 'title');
  card.append(
    words,
    link,
    button('later', says.snooze, () => nudge.snoozed(snooze)),
    button('decline', says.decline, nudge.declined),
    button('close', '', nudge.closed, says.close),
  );
  const { host, remove } = inShadow(card, theme);
  card.onkeydown = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    nudge.closed();
  };
  const keep = () => host.isConnected || document.body.append(host);
  keep();
  let unwatch = () => {};
  const timer = setTimeout(() => {
    words.append(
      element('p', { id: 'title', textContent: title }),
      element('p', { id: 'body', textContent: body }),
    );
    card.classList.add('ready');
    unwatch = whenSeen(card, nudge.shown);
  }, BEFORE_WORDS);
  return {
    keep,
    remove: () => {
      clearTimeout(timer);
      unwatch();
      remove();
    },
  };
}

/** An element of our own around the card, which the page's styles do not reach into, nor ours out of. */
function inShadow(card: HTMLElement, theme: Options['theme']): { host: HTMLElement; remove: () => void } {
  const host = document.createElement('goodturn-card');
  if (theme) host.setAttribute('theme', theme);
  const root = host.attachShadow({ mode: 'open' });
  // A sheet made by script is what a content security policy without 'unsafe-inline' lets through.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CARD_STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(card);
  let before: EventTarget | null = null;
  host.addEventListener('focusin', ({ relatedTarget }) => {
    before = relatedTarget ?? before;
  });
  const remove = () => {
    const hadFocus = root.activeElement !== null;
    host.remove();
    // Whoever came here by keyboard goes on where they were.
    if (hadFocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
  };
  return { host, remove };
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), properties);
}

function button(
  className: string,
  textContent: string,
  onclick: () => void,
  ariaLabel: string | null = null,
) {
  return element('button', { type: 'button', className, textContent, onclick, ariaLabel });
}
