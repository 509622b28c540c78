import { describe, expect, test } from 'vitest';
import {
  composeEmail,
  type EmailConfig,
  type EmailParts,
  messageId,
  subjectLine,
} from '../../src/delivery/email.ts';
import { htmlFromText } from '../../src/delivery/html-part.ts';
import type { Message } from '../../src/delivery/mailer.ts';

const live: EmailConfig = {
  MAIL_FROM: 'hello@vendor.example',
  MODE: 'live',
  REHEARSAL_TO: 'team@vendor.example',
  PRODUCT_NAME: 'Flowly',
};
const rehearsal: EmailConfig = { ...live, MODE: 'rehearsal' };
const unsubscribeUrl = 'https://asks.vendor.example/unsubscribe/ask_1.mark';

const anAsk = (overrides: Partial<EmailParts> = {}): EmailParts => ({
  id: 'ask_1',
  purpose: 'ask',
  to: { name: 'Ada Lovelace', address: 'ada@acme.example' },
  owner: { name: 'Sam Ortiz', address: 'sam@vendor.example' },
  rendered: {
    subject: 'A small favour',
    text: 'Hi Ada,\n\nwould you?\n',
    html: htmlFromText('Hi Ada,\n\nwould you?'),
  },
  unsubscribeUrl,
  ...overrides,
});

function composed(parts: EmailParts, config: EmailConfig): Message {
  const result = composeEmail(parts, config);
  if ('fault' in result) throw new Error(result.fault);
  return result.message;
}

describe('an ask', () => {
  test('comes in the name of its owner, from our address, and is answered to the owner', () => {
    expect(composed(anAsk(), live)).toMatchObject({
      from: { name: 'Sam Ortiz', address: 'hello@vendor.example' },
      replyTo: { name: 'Sam Ortiz', address: 'sam@vendor.example' },
      to: { name: 'Ada Lovelace', address: 'ada@acme.example' },
      subject: 'A small favour',
    });
  });

  test('without an owner comes in the name of the product', () => {
    const { owner: _, ...parts } = anAsk();
    const message = composed(parts, live);
    expect(message.from.name).toBe('Flowly');
    expect(message).not.toHaveProperty('replyTo');
  });

  test('carries one-click unsubscribing, a list and a line that says so', () => {
    const message = composed(anAsk(), live);
    expect(message.headers).toEqual({
      'List-Id': '<goodturn-asks.vendor.example>',
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    expect(message.text).toContain(
      `You get this because you use Flowly. If you would rather not be written to like this: ${unsubscribeUrl}`,
    );
    expect(message.html).toContain(`<a href="${unsubscribeUrl}">`);
    expect(message.html.trimEnd()).toMatch(/<\/html>$/);
  });

  test('whose template says how to unsubscribe says it once', () => {
    const text = `Hi\n\nStop these: ${unsubscribeUrl}\n`;
    const rendered = { subject: 'Hi', text, html: htmlFromText(text, [unsubscribeUrl]) };
    const message = composed(anAsk({ rendered }), live);
    expect(message.text.split(unsubscribeUrl)).toHaveLength(2);
    expect(message.html.split(`href="${unsubscribeUrl}"`)).toHaveLength(2);
  });

  test('without an unsubscribe URL is not sent', () => {
    const { unsubscribeUrl: _, ...parts } = anAsk();
    expect(composeEmail(parts, live)).toHaveProperty('fault');
    expect(composeEmail({ ...parts, purpose: 'thanks' }, live)).toHaveProperty('fault');
  });

  test('without a subject is not sent', () => {
    expect(
      composeEmail(anAsk({ rendered: { subject: ' \r\n', text: 'x', html: 'x' } }), live),
    ).toHaveProperty('fault');
  });
});

test('a mail to an owner comes from Goodturn, with no list and no footer', () => {
  const {
    unsubscribeUrl: _,
    owner: __,
    ...parts
  } = anAsk({ purpose: 'owner', to: { name: 'Sam Ortiz', address: 'sam@vendor.example' } });
  const message = composed(parts, live);
  expect(message.from).toEqual({ name: 'Goodturn', address: 'hello@vendor.example' });
  expect(message.headers).toEqual({ 'Auto-Submitted': 'auto-generated' });
  expect(message.text).toBe('Hi Ada,\n\nwould you?\n');
  expect(message).not.toHaveProperty('replyTo');
});

describe('in rehearsal', () => {
  test('every mail goes to one address and says on top to whom it would have gone', () => {
    const message = composed(anAsk(), rehearsal);
    expect(message.to).toEqual({ name: '', address: 'team@vendor.example' });
    expect(message.subject).toBe('[Rehearsal] A small favour');
    expect(message.text).toMatch(/^Rehearsal\. .*Ada Lovelace <ada@acme\.example>/);
    expect(message.html).toMatch(/<body[^>]*>\n<p[^>]*>Rehearsal\. .*Ada Lovelace &lt;ada@acme\.example&gt;/);
  });

  test('so does a mail to an owner', () => {
    const message = composed(
      anAsk({ purpose: 'owner', to: { name: 'Sam Ortiz', address: 'sam@vendor.example' } }),
      rehearsal,
    );
    expect(message.to.address).toBe('team@vendor.example');
    expect(message.text).toContain('Sam Ortiz <sam@vendor.example>');
  });

  test('the rest is as it would be', () => {
    const { to: _, subject: __, text: ___, html: ____, ...rest } = composed(anAsk(), rehearsal);
    expect(composed(anAsk(), live)).toMatchObject(rest);
  });
});

describe('a Message-ID', () => {
  test('is the same on every try, and another for another mail', () => {
    expect(messageId('ask_1', 'hello@vendor.example')).toBe('<ask_1@vendor.example>');
    expect(composed(anAsk(), live).messageId).toBe(composed(anAsk(), live).messageId);
    expect(messageId('a b', 'x@y.example')).not.toBe(messageId('a c', 'x@y.example'));
  });

  test('is well formed whatever the id', () => {
    expect(messageId('ask:1>\r\nBcc: x', 'hello@vendor.example')).toMatch(/^<[0-9a-f]{40}@vendor\.example>$/);
  });
});

test('a subject is one line of at most 200 characters', () => {
  expect(subjectLine('A\r\nBcc: x\tb')).toBe('A Bcc: x b');
  expect([...subjectLine('🙂'.repeat(300))]).toHaveLength(200);
});
