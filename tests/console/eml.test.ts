import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { toEml } from '../../src/console/eml.ts';

const person = { name: 'Ada "Grace" Löve, Esq.', title: null, email: 'ada@customer.example' };

test('a mail program reads back exactly what was written, and knows that it was not sent', async () => {
  const draft = {
    subject:
      'Ünïcode, a long subject that goes on and on: 日本語の件名 and then some more words 😀😀😀😀😀😀😀😀',
    text: 'Hi Ada,\n\nfirst line\n.\nFrom here – on\n'.repeat(20),
  };
  const mail = await simpleParser(toEml({ person, draft }));
  expect(mail.subject).toBe(draft.subject);
  expect(mail.text?.replaceAll('\r\n', '\n')).toBe(draft.text);
  expect(mail.headers.get('x-unsent')).toBe('1');
  expect([mail.to].flat()[0]?.value).toEqual([{ name: person.name, address: person.email }]);
});

test('nothing that was written becomes a header, and no line is longer than mail allows', () => {
  const draft = { subject: 'Hello\r\nBcc: evil@evil.example', text: 'x'.repeat(5000) };
  const eml = toEml({ person: { ...person, name: 'A\r\nBcc: evil@evil.example' }, draft });
  const head = eml.slice(0, eml.indexOf('\r\n\r\n'));
  expect(head).not.toMatch(/^bcc/im);
  expect(Math.max(...eml.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
  expect(head.split('\r\n').every((line) => line.length <= 78 || line.startsWith('To:'))).toBe(true);
});

test('without an address it is addressed to nobody', () => {
  expect(toEml({ person: { ...person, email: null }, draft: { subject: 's', text: 't' } })).not.toMatch(
    /^To:/m,
  );
});
