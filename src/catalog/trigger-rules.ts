import { type Duration, formatDuration } from '../engine/time.ts';
import { mention, note, type Place, report } from './place.ts';
import type { Given } from './readers.ts';
import type { WrittenTrigger } from './trigger-reader.ts';

type Found = Partial<WrittenTrigger>;

/** The rules of a trigger that join several of its keys. */
export function checkTrigger(found: Found, at: Place, given: Given): void {
  checkOpening(found, at, given);
  checkTimes(found, given);
  checkFresh(found, given);
  checkFallback(found, given);
  mentionTemplates(found, given);
  checkChannel(found, given);
  if (found.kind === 'thanks' && (found.holdout ?? 0) > 0) {
    note(given.get('holdout')?.keyAt ?? at, 'thanks are never held out, so this does nothing');
  }
}

function checkOpening(found: Found, at: Place, given: Given): void {
  const whoAt = given.get('who')?.value ?? at;
  if (!given.has('on')) {
    if (found.who === 'actor')
      report(
        whoAt,
        'an actor is the person of the opening event, and there is no "on"',
        'name the events in "on", or write who: champion',
      );
    for (const list of ['when', 'unless'] as const) {
      (found[list] ?? []).forEach((gate, index) => {
        if (gate.kind !== 'event') return;
        const gateAt = given.get(list)?.value ?? at;
        report(
          { ...gateAt, path: `${list}[${index}].event` },
          'a gate on the opening event needs one, and there is no "on"',
          'name the events in "on"',
        );
      });
    }
  }
  if (found.who !== 'referrer') return;
  if (!given.has('on'))
    report(whoAt, 'a referrer is the advocate of a referral, and there is no "on"', 'write on: Referral Won');
  const other = found.on?.find((name) => !name.startsWith('Referral '));
  if (other !== undefined)
    report(
      given.get('on')?.value ?? at,
      `only Referral events have a referrer, got "${other}"`,
      'write who: actor, or an event like Referral Won',
    );
}

function checkTimes({ delay, deadline, latest, fallback, channel }: Found, given: Given): void {
  const last = latest ?? deadline;
  if (latest !== undefined && deadline !== undefined && latest < deadline) {
    tooLong('latest', given, `expected at least the deadline (${formatDuration(deadline)})`, latest);
  }
  if (delay !== undefined && last !== undefined && delay >= last) {
    tooLong('delay', given, `expected less than ${formatDuration(last)}, when the ask expires`, delay);
  } else if (delay !== undefined && deadline !== undefined && delay > deadline) {
    const place = given.get('delay')?.value;
    if (place)
      note(
        place,
        `with a delay of ${formatDuration(delay)} every ask is later than its deadline (${formatDuration(deadline)})`,
      );
  }
  if (channel === 'draft' && fallback !== undefined && last !== undefined && fallback.after >= last) {
    tooLong(
      'fallback',
      given,
      `expected "after" to be less than ${formatDuration(last)}, when the ask expires`,
      fallback.after,
    );
  }
}

/** An opening is given up at `latest`: it cannot be kept for longer. */
function checkFresh({ fresh, latest, deadline, on }: Found, given: Given): void {
  const entry = given.get('fresh');
  const last = latest ?? deadline;
  if (entry === undefined || fresh === undefined) return;
  if (!given.has('on')) note(entry.keyAt, 'nothing opens it, as there is no "on", so this does nothing');
  else if (on !== undefined && last !== undefined && fresh > last)
    note(
      entry.keyAt,
      `after ${formatDuration(last)} its ask would come too late, so longer than that does nothing`,
      `write fresh: ${formatDuration(last)}, or a longer latest`,
    );
}

function tooLong(key: string, given: Given, message: string, came: Duration): void {
  const entry = given.get(key);
  if (entry) report(entry.value, `${message}, got ${formatDuration(came)}`);
}

// A trigger that changes its channel may keep its fallback: it does nothing, and does no harm.
function checkFallback({ channel }: Found, given: Given): void {
  const entry = given.get('fallback');
  if (entry === undefined || channel === undefined || channel === 'draft') return;
  note(entry.keyAt, `only a draft has a fallback, and the channel is ${channel}, so this does nothing`);
}

function mentionTemplates({ template, channel, fallback }: Found, given: Given): void {
  const at = given.get('template')?.value;
  if (template !== undefined && at !== undefined) mention('template', template, at, channel);
  const fallbackAt = given.get('fallback')?.value;
  if (fallback === undefined || fallbackAt === undefined) return;
  // A draft and an email have the same parts, so the trigger's own template has been looked at above.
  const name = fallback.template ?? (fallback.channel === 'email' ? undefined : template);
  const place = fallback.template === undefined ? fallbackAt : { ...fallbackAt, path: 'fallback.template' };
  if (name !== undefined) mention('template', name, place, fallback.channel);
}

function checkChannel({ channel }: Found, given: Given): void {
  if (channel === undefined) return;
  const action = given.get('action_url');
  if (action !== undefined && channel !== 'nudge')
    report(action.keyAt, `only a nudge has a button, and the channel is ${channel}`);
  const send = given.get('send');
  if (send !== undefined && channel === 'nudge')
    note(send.keyAt, 'a nudge belongs to its moment: windows do not apply to it');
}
