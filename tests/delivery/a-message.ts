import type { Message } from '../../src/delivery/mailer.ts';

export const aMessage = (overrides: Partial<Message> = {}): Message => ({
  messageId: '<ask_1@vendor.example>',
  from: { name: 'Sam Ortiz', address: 'hello@vendor.example' },
  to: { name: 'Ada Lovelace', address: 'ada@acme.example' },
  replyTo: { name: 'Sam Ortiz', address: 'sam@vendor.example' },
  subject: 'A small favour',
  text: 'Hello Ada,\n\nwould you?\n',
  html: '<p>Hello Ada,</p><p>would you?</p>',
  headers: {},
  ...overrides,
});
