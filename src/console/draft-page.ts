import type { AskStatus } from '../engine/account.ts';
import type { Channel } from '../engine/catalog.ts';
import { DISMISSALS, type Dismissal } from '../use-cases/act-on-draft.ts';
import type { DraftPage } from '../use-cases/read-draft-page.ts';
import type { Form } from './form.ts';
import { type Html, html, type Piece } from './html.ts';
import { notice, type Page } from './page.ts';
import { day, dayAndTime, mailto } from './words.ts';

/** What the page says at its top: what was just done, or why nothing was. */
export type Said = {
  readonly done?: string | undefined;
  readonly problem?: string | undefined;
  readonly status?: number;
  /** What was typed before it was refused. */
  readonly typed?: Form;
};

/** The page of a draft for the owner of the account: whom, why now, the words, and what to do with them. */
export function draftPage(draft: DraftPage, { done, problem, status = 200, typed }: Said): Page {
  const who = draft.person.name ?? draft.person.email ?? 'this person';
  const title = draft.kind === 'thanks' ? `Thank ${who}` : `Ask ${who}`;
  const body = html`
<p class="above">${draft.account}</p>
<h1>${title}</h1>
${notice(done)}
${notice(problem, 'problem')}
${ownWords(draft, typed)}
<p>${stateOf(draft)}</p>
${person(draft)}
${evidence(draft)}
${draft.status === 'open' ? openDraft(draft) : settledDraft(draft)}
${draft.status === 'delivered' && draft.kind === 'ask' && answers(who, typed)}
${otherAsks(draft)}`;
  return { title: `${title} – ${draft.account}`, body, status };
}

function stateOf(draft: DraftPage): Piece {
  switch (draft.status) {
    case 'scheduled':
    case 'sending':
      return 'This draft is being prepared.';
    case 'open':
      return openState(draft);
    case 'delivered':
      return draft.deliveredAt === undefined
        ? 'You sent it.'
        : html`Sent on ${day(draft.deliveredAt)}${draft.channel === 'email' && ', in your name'}.`;
    case 'accepted':
      return 'They said yes.';
    case 'declined':
      return 'They would rather not.';
    case 'ignored':
      return 'Sent, and there was no answer.';
    case 'withdrawn':
      return html`Not needed any more: ${withdrawnBecause(draft.statusReason)}.`;
    case 'expired':
      return 'This draft has expired. Its moment has passed.';
    case 'failed':
    case 'unknown':
    case 'held_out':
    case 'shadow':
      return 'This draft is not in use.';
    default:
      return draft.status satisfies never;
  }
}

function openState({ snoozedUntil, goesInstead, expiresAt, kind }: DraftPage): Piece {
  if (snoozedUntil !== undefined) {
    const after =
      goesInstead && html` If you do not, an email goes out in your name on ${dayAndTime(goesInstead.at)}.`;
    return html`Put aside until ${dayAndTime(snoozedUntil)}. You can still send it now.${after}`;
  }
  if (goesInstead !== undefined) {
    const { until, at } = goesInstead;
    return html`Nothing has gone out. If you do nothing${until < at && html` until ${dayAndTime(until)}`}, an email goes out in your name on ${dayAndTime(at)}.`;
  }
  const waits =
    kind === 'thanks'
      ? 'Nothing has gone out.'
      : 'Nothing has gone out, and nothing will unless you send it.';
  return expiresAt === undefined ? waits : html`${waits} The draft waits until ${dayAndTime(expiresAt)}.`;
}

const REASONS: Readonly<Record<Dismissal, string>> = {
  already_asked: 'I have asked them already',
  bad_time: 'It is a bad time for this account',
  wrong_person: 'This is not the right person',
  not_mine: 'This account is not mine',
  other: 'Something else',
};

function withdrawnBecause(reason: string | undefined): string {
  const dismissal = DISMISSALS.find((name) => reason === `dismissed: ${name}`);
  if (dismissal !== undefined) return `you said “${REASONS[dismissal]}”`;
  return reason ?? 'things have changed since';
}

const person = ({ person: { name, title, email } }: DraftPage): Html => html`
<dl>
<dt>To</dt><dd>${name ?? 'Name unknown'}${title !== null && html`, ${title}`}<br>${email ?? 'We have no address for them.'}</dd>
</dl>`;

function evidence({ because, opened }: DraftPage): Piece {
  if (because.length === 0 && opened === undefined) return null;
  return html`
<h2>Why now</h2>
<ul>
${opened !== undefined && html`<li>${opened.by} on ${day(opened.at)}${opened.said !== null && html`: <q>${opened.said}</q>`}</li>`}
${because.map((says) => html`<li>${says}</li>`)}
</ul>`;
}

const openDraft = (page: DraftPage): Html =>
  html`${words(page)}${notThisOne(page)}${somebodyElse(page)}${notNow()}`;

const words = ({ draft, seen, person: { email } }: DraftPage): Html => html`
<h2>The words</h2>
<form method="post">
<input type="hidden" name="seen" value="${seen}">
<label for="subject">Subject</label>
<input id="subject" name="subject" value="${draft.subject}" maxlength="200" autocomplete="off">
<label for="text">Text</label>
<textarea id="text" name="text" rows="14" maxlength="20000" required>
${draft.text}</textarea>
<p class="buttons">
<button name="action" value="save" class="quiet">Save changes</button>
<button type="button" class="quiet" data-copy="text" hidden>Copy the text</button>
<a class="button quiet" href="${mailto(email, draft.subject, draft.text)}" data-mail-subject="subject" data-mail-text="text">Open in your mail program</a>
<a class="button quiet" href="?file=eml" download>Download as a mail</a>
<button name="action" value="sent">I sent it</button>
</p>
<p class="small">It goes from your own mailbox: nothing is sent from here. Save your changes before you download it.</p>
</form>
`;

/** Words that were not taken, because others have been meanwhile, are not lost. */
const ownWords = ({ draft }: DraftPage, typed: Form | undefined): Piece => {
  const text = typed?.get('text')?.replace(/\r\n?/g, '\n') ?? '';
  return (
    text.trim() !== '' &&
    text !== draft.text &&
    html`
<label for="own">What you had written</label>
<textarea id="own" rows="8" readonly>
${text}</textarea>
<p class="buttons"><button type="button" class="quiet" data-copy="own" hidden>Copy it</button></p>`
  );
};

const notNow = (): Html => html`
<h2>Not now?</h2>
<form method="post">
<label for="for">Remind me in</label>
<select id="for" name="for"><option value="1d">a day</option><option value="3d">three days</option><option value="7d">a week</option></select>
<p class="buttons"><button name="action" value="snooze" class="quiet">Put it aside</button></p>
</form>
<form method="post">
<label for="until">Or ask nobody at this account until</label>
<input id="until" name="until" type="date" required>
<label for="why">Because (optional)</label>
<input id="why" name="why" maxlength="200" placeholder="Renewal talks" autocomplete="off">
<p class="buttons"><button name="action" value="hold" class="quiet">Hold the account</button></p>
</form>`;

const somebodyElse = ({ instead, person: { name } }: DraftPage): Piece =>
  instead.length > 0 &&
  html`
<h2>Somebody else?</h2>
<form method="post">
<fieldset>
<legend>Also gave a 9 or 10</legend>
${instead.map((other) => html`<label class="choice"><input type="radio" name="person" value="${other.personId}" required> <span>${other.name}: a ${other.score} on ${day(other.at)}</span></label>`)}
</fieldset>
<p class="buttons"><button name="action" value="instead" class="quiet">Ask them instead${name !== null && html` of ${name}`}</button></p>
</form>`;

const notThisOne = ({ owner }: DraftPage): Html => html`
<h2>Not this one?</h2>
<form method="post">
<input type="hidden" name="owner" value="${owner}">
<fieldset>
<legend>Because</legend>
${DISMISSALS.map((reason) => html`<label class="choice"><input type="radio" name="reason" value="${reason}" required> ${REASONS[reason]}</label>`)}
</fieldset>
<p class="buttons"><button name="action" value="dismiss" class="quiet">Dismiss the draft</button></p>
</form>`;

const settledDraft = ({ draft }: DraftPage): Piece =>
  draft.text !== '' &&
  html`
<h2>The words</h2>
<p><strong>${draft.subject}</strong></p>
<label for="text">Text</label>
<textarea id="text" rows="14" readonly>
${draft.text}</textarea>
<p class="buttons"><button type="button" class="quiet" data-copy="text" hidden>Copy the text</button></p>`;

const answers = (who: string, typed: Form | undefined): Html => html`
<h2>What did they say?</h2>
<form method="post">
<p class="buttons">
<button name="action" value="accepted" class="quiet">Yes, they will</button>
<button name="action" value="declined" class="quiet">No, they would rather not</button>
<button name="action" value="ignored" class="quiet">Nothing</button>
</p>
</form>
<form method="post">
<fieldset>
<legend>${who} introduced somebody</legend>
<label for="name">Their name</label>
<input id="name" name="name" value="${typed?.get('name')}" maxlength="80" autocomplete="off">
<label for="email">Their work email</label>
<input id="email" name="email" type="email" value="${typed?.get('email')}" maxlength="254" autocomplete="off" required>
<label for="company">Their company</label>
<input id="company" name="company" value="${typed?.get('company')}" maxlength="80" autocomplete="off" required>
</fieldset>
<p class="buttons"><button name="action" value="introduced" class="quiet">Note the introduction</button></p>
</form>`;

const CHANNELS: Readonly<Record<Channel, string>> = {
  nudge: 'a card in the product',
  draft: 'in person',
  email: 'by email',
};

const otherAsks = ({ others, account }: DraftPage): Piece =>
  others.length > 0 &&
  html`
<h2>Also at ${account}</h2>
<ul>
${others.map(({ name, channel, status, at }) => html`<li>${name}, ${CHANNELS[channel]}, ${day(at)}: ${STATUSES[status]}</li>`)}
</ul>`;

const STATUSES: Readonly<Record<AskStatus, string>> = {
  scheduled: 'about to be asked',
  open: 'waiting to be seen',
  sending: 'being sent',
  delivered: 'asked, no answer yet',
  accepted: 'said yes',
  declined: 'would rather not',
  ignored: 'no answer',
  withdrawn: 'taken back before it was asked',
  expired: 'its moment passed',
  failed: 'could not be reached',
  unknown: 'may or may not have arrived',
  held_out: 'not asked, for comparison',
  shadow: 'only tried out',
};
